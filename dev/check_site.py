# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Checks built pages: links between them lead somewhere, and nothing is loaded from elsewhere.

usage: check_site.py FOLDER
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
import sys
from urllib.parse import unquote, urlsplit

# Elements and attributes that a browser loads by itself; pages must work without a network.
_LOADED = {'script': 'src', 'img': 'src', 'link': 'href', 'source': 'src', 'iframe': 'src'}


class Page(HTMLParser):
    """The anchors of a page, its links, and what it loads."""

    def __init__(self, path: Path) -> None:
        """Parse a file."""
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding='utf-8'))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        values = dict(attrs)
        self.anchors |= {value for name in ('id', 'name') if (value := values.get(name))}
        if tag == 'a' and (target := values.get('href')):
            self.links.append(target)
        if tag in _LOADED and (target := values.get(_LOADED[tag])):
            self.loaded.append(target)


def broken_links(folder: Path) -> Iterator[str]:
    """Yield one sentence for each link that leads nowhere and each file from elsewhere."""
    pages = {path: Page(path) for path in sorted(folder.rglob('*.html'))}
    for path, page in pages.items():
        for target in page.loaded:
            if urlsplit(target).netloc:
                yield f'{path}: loads {target}, which needs a network'
        for target in page.links + page.loaded:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchors = pages[file].anchors if file in pages else set()
            if not file.is_file():
                yield f'{path}: {target} does not exist'
            elif parts.fragment and file in pages and unquote(parts.fragment) not in anchors:
                yield f'{path}: {file.name} has no anchor {parts.fragment}'


def main() -> int:
    """Print what is wrong; exit status 1 if anything is."""
    if len(sys.argv) != 2:
        print('usage: check_site.py FOLDER', file=sys.stderr)
        return 2
    folder = Path(sys.argv[1]).resolve()
    found = list(broken_links(folder))
    if not (folder / 'index.html').is_file():
        found.append(f'{folder} has no index.html; build it first')
    for sentence in found:
        print(f'check_site: {sentence}', file=sys.stderr)
    return int(bool(found))


if __name__ == '__main__':
    sys.exit(main())
