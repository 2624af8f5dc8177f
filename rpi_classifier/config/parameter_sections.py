# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which parameters a command line and its files give to which nodes, as rcl reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re

import yaml

from rpi_classifier.wording import printable_path

_ALL = '/**'
_WILDCARDS = {'**': r'(?:/\w+)*', '*': r'/\w+'}


@dataclass(frozen=True)
class Section:
    """The names of parameters for the nodes that a pattern such as /**/camera matches."""

    pattern: str
    names: tuple[str, ...]
    file: str = ''

    def matches(self, name: str) -> bool:
        """Return True if the section is for the node with a fully qualified name."""
        tokens = self.pattern.strip('/').split('/')
        expression = ''.join(_WILDCARDS.get(token, f'/{re.escape(token)}') for token in tokens)
        return bool(re.fullmatch(expression, name))

    @property
    def is_shared(self) -> bool:
        """Return True if a file has it for nodes of any name, also those of other processes."""
        return bool(self.file) and self.pattern.endswith('*')

    @property
    def origin(self) -> str:
        """Return what a warning begins with."""
        return f'{printable_path(self.file)}: ' if self.file else ''


def read_sections(file: str) -> list[Section] | None:
    """Return the sections of a parameter file; None if only rcl can read it, as with a pipe."""
    path = Path(file)
    if not path.is_file():
        return None
    try:
        root = yaml.compose(path.read_bytes())  # unlike a dict, it keeps keys that are repeated
    except (OSError, yaml.YAMLError):  # rcl is more lenient
        return None
    return list(_sections(root, '', file))


def section_of(assignment: str) -> Section:
    """Return the section of NAME:=VALUE or NODE:NAME:=VALUE."""
    node, _, name = assignment.partition(':=')[0].rpartition(':')
    return Section(f'/{node.strip("/")}' if node else _ALL, (name,))


def _sections(root: yaml.Node | None, above: str, file: str) -> Iterator[Section]:
    for key, value in _items(root):
        if key == 'ros__parameters':
            yield Section(above, tuple(_names(value, '')), file)
        else:
            yield from _sections(value, f'{above}/{key.strip("/")}', file)


def _names(root: yaml.Node, above: str) -> Iterator[str]:
    for key, value in _items(root):
        if isinstance(value, yaml.MappingNode):
            yield from _names(value, f'{above}{key}.')
        else:
            yield f'{above}{key}'


def _items(root: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(root, yaml.MappingNode):
        yield from ((str(key.value), value) for key, value in root.value)
