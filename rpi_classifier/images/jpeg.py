# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
What a JPEG says of itself, read from its markers (ITU-T T.81, annex B) without decoding.

Decoders fill a picture that is cut off with gray, and decode any number of scans: both are told
here first. Where the picture ends its data say, so any padding behind it does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
import re

SIGNATURE = b'\xff\xd8'

_MOST_MARKERS = 10_000  # a picture has 10 to 300 of them, with all its thumbnails and profiles
_MARKER = re.compile(rb'\xff[^\x00\xff]', re.DOTALL)
# In a scan's data FF00 is a byte FF, and FFD0 to FFD7 are restart markers.
_END_OF_SCAN = re.compile(rb'\xff[^\x00\xff\xd0-\xd7]', re.DOTALL)
_START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = 0xD8, 0xD9, 0xDA
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a segment
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


@dataclass
class JpegOutline:
    """A picture's size in pixels, 0 where it is not told, its scans, and whether it has an end."""

    width: int = 0
    height: int = 0
    scans: int = 0
    complete: bool = False


def read_jpeg_outline(data: memoryview) -> JpegOutline:
    """
    Follow the markers of a JPEG up to its end.

    :param data: bytes that begin with ``SIGNATURE``.
    :returns: what was found up to the end, or up to where the data make no sense.
    """
    outline = JpegOutline()
    at, pattern = len(SIGNATURE), _MARKER
    for _ in range(_MOST_MARKERS):
        found = pattern.search(data, at)
        if found is None:
            return outline
        at, pattern = found.end(), _MARKER
        marker = data[at - 1]
        if marker in _ALONE:
            continue
        if marker in (_START_OF_IMAGE, _END_OF_IMAGE):  # another one begins: this was cut off
            outline.complete = marker == _END_OF_IMAGE and outline.scans > 0
            return outline
        segment = data[at : at + int.from_bytes(data[at : at + 2], 'big')]
        if len(segment) < 2:
            return outline
        if marker in _FRAMES and len(segment) >= 7:
            outline.height = int.from_bytes(segment[3:5], 'big')
            outline.width = int.from_bytes(segment[5:7], 'big')
        if marker == _START_OF_SCAN:
            outline.scans += 1
            pattern = _END_OF_SCAN
        at += len(segment)
    return outline
