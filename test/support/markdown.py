# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What tests read from the pages: tables, code, links, headings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import re

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / 'README.md', ROOT / 'CONTRIBUTING.md', ROOT / 'dev' / 'README.md',
    *sorted((ROOT / 'doc').glob('*.md')),
]  # fmt: skip


def tables(path: Path) -> Iterator[list[dict[str, str]]]:
    """Yield the tables of a page, each as rows of {title: cell}."""
    for block in re.findall(r'(?:^\|.*\n)+', path.read_text(), re.MULTILINE):
        head, _, *rows = [_cells(line) for line in block.splitlines()]
        yield [dict(zip(head, row)) for row in rows]


def table(path: Path, *titles: str) -> list[dict[str, str]]:
    """Return the one table of a page that has these titles."""
    (found,) = [rows for rows in tables(path) if rows and tuple(rows[0]) == titles]
    return found


def names(cell: str) -> list[str]:
    """Return what a cell or a text writes as code."""
    return re.findall(r'`([^`\n]+)`', cell)


def code_blocks(path: Path, language: str) -> list[str]:
    """Return the blocks of code of one language."""
    return re.findall(rf'^```{language}\n(.*?)^```', path.read_text(), re.MULTILINE | re.DOTALL)


def links(path: Path) -> list[str]:
    """Return the targets of all links and pictures."""
    return re.findall(r'\]\(([^)\s]+)\)', path.read_text())


def anchors(path: Path) -> set[str]:
    """Return the anchors that headings get, as GitHub and MyST make them."""
    prose = re.sub(r'^```.*?^```', '', path.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r'^#+ (.+)$', prose, re.MULTILINE)
    plain = (re.sub(r'[^\w\- ]', '', heading).strip().lower() for heading in headings)
    return {heading.replace(' ', '-') for heading in plain}


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip('|').split('|')]
