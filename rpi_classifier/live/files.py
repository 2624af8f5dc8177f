# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The files of the page, and nothing else: names are looked up, no path is ever opened."""

from __future__ import annotations

import functools
from importlib import resources

from aiohttp import web

_TYPES = {
    'index.html': 'text/html',
    'page.css': 'text/css',
    'page.js': 'text/javascript',
    'ask.js': 'text/javascript',
    'collection.js': 'text/javascript',
    'controls.js': 'text/javascript',
    'dom.js': 'text/javascript',
    'model.js': 'text/javascript',
    'region.js': 'text/javascript',
    'sections.js': 'text/javascript',
    'login.html': 'text/html',
    'icon.svg': 'image/svg+xml',
}
FILES = tuple(name for name in _TYPES if name not in ('index.html', 'login.html'))


def serve_file(name: str, *, status: int = 200, words: str = '') -> web.Response:
    """
    Return a file of the page as an answer.

    :param words: HTML for the place that the file has for it.
    """
    body = _read(name).replace(b'<!-- words -->', words.encode())
    return web.Response(body=body, status=status, content_type=_TYPES[name], charset='utf-8')


@functools.cache
def _read(name: str) -> bytes:
    return (resources.files('rpi_classifier.live') / 'page' / name).read_bytes()
