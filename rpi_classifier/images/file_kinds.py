# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What people give in place of an image, by its first bytes."""

from __future__ import annotations

import re


def _starts_with(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL | re.IGNORECASE)


_UNREAD = 'is cut off, or that this version of Pillow cannot decode; convert it'
_KINDS = {
    _starts_with(rb'version https://git-lfs'): "a pointer of Git LFS; run 'git lfs pull'",
    _starts_with(rb'\s*<(!doctype html|html)'): 'an HTML page; download the image itself',
    _starts_with(rb'\s*<(\?xml|svg)'): 'an SVG or XML file; convert it',
    _starts_with(rb'RIFF....WEBP'): f'a WebP that {_UNREAD}',
    _starts_with(rb'....ftyp(avif|avis)'): f'an AVIF that {_UNREAD}',
    _starts_with(rb'....ftyp(hei|hev|mif1|msf1)'): 'a HEIC photo; convert it',
    _starts_with(rb'....ftyp....'): 'a video; a device of the camera node may be one',
    _starts_with(rb'\xff\x0a|\0\0\0\x0cJXL '): 'a JPEG XL photo; convert it',
    _starts_with(rb'\xff\x4f\xff\x51|\0\0\0\x0cjP  '): 'a JPEG 2000 photo; convert it',
    _starts_with(rb'%PDF'): 'a PDF; convert it',
    _starts_with(rb'PK\x03\x04'): 'a ZIP archive; unpack it',
    _starts_with(rb'\0\x05\x16\x07'): 'a companion file of macOS; give the photo beside it',
}


def name_kind(start: bytes) -> str | None:
    """Name what a file is that is not an image, and what to do; None if that is unknown."""
    return next((kind for pattern, kind in _KINDS.items() if pattern.match(start)), None)
