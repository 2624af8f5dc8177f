# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which of a camera's formats to ask for, and how what it gave differs from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rpi_classifier.camera.v4l2 import Format

# What OpenCV 4.11 turns into BGR [H, W, 3], tried one by one; it hands out all else as one flat
# row of bytes, BGR3 included. Cheap to decode and rich in colour first.
RAW = (
    'YUYV', 'UYVY', 'NV12', 'NV21', 'YU12', 'YV12', 'RGB3', 'XR24', 'AR24',
    'BA81', 'GBRG', 'GRBG', 'RGGB', 'GREY', 'Y16 ', 'Y12 ', 'Y10 ',
)  # fmt: skip
COMPRESSED = ('MJPG', 'JPEG')
USABLE = RAW + COMPRESSED
_ENOUGH = 0.98  # 29.97 is 30


@dataclass(frozen=True)
class Mode:
    """A pixel format, a size and a rate: what is asked for, or what was given."""

    fourcc: str
    width: int
    height: int
    rate_hz: float

    def __str__(self) -> str:
        """Write as people do."""
        return f'{self.width}x{self.height} {self.fourcc.strip()} at {self.rate_hz:g} fps'


def candidates(wanted: Mode, offered: Sequence[Format]) -> list[str]:
    """
    Order the pixel formats to try.

    :param wanted: its ``fourcc`` may be ``auto``: then those that reach size and rate come first,
        raw ones before compressed ones, and the one with the highest rate after them.
    :param offered: what the driver lists; may be empty, as some list nothing.
    :returns: fourccs that OpenCV can turn into BGR; the wanted one, if offered, is the first.
    """
    by_name = {format_.fourcc: format_ for format_ in offered}
    known = [name for name in USABLE if name in by_name or not offered]

    def rank(name: str) -> tuple[bool, float, int]:
        rate_hz = best_rate_hz(by_name[name], wanted) if name in by_name else 0
        other = name.strip() != wanted.fourcc
        return other, -min(rate_hz, _ENOUGH * wanted.rate_hz), USABLE.index(name)

    return sorted(known, key=rank)


def difference(wanted: Mode, given: Mode) -> str:
    """Say what the driver gave instead of what was asked for; empty if that is the same."""
    parts = []
    if (wanted.width, wanted.height) != (given.width, given.height):
        parts.append(f'{given.width}x{given.height} instead of {wanted.width}x{wanted.height}')
    if abs(given.rate_hz - wanted.rate_hz) > (1 - _ENOUGH) * wanted.rate_hz:
        parts.append(f'{given.rate_hz:g} fps instead of {wanted.rate_hz:g}')
    if wanted.fourcc not in ('auto', given.fourcc.strip()):
        parts.append(f'{given.fourcc.strip()} instead of {wanted.fourcc}')
    return ', '.join(parts)


def best_rate_hz(format_: Format, wanted: Mode) -> float:
    """Return the highest rate at the size that a driver will probably choose: the nearest."""
    exact = format_.rate_hz(wanted.width, wanted.height)
    if exact is not None:
        return exact

    def distance(index: int) -> int:
        size = format_.sizes[index]
        return abs(size.width - wanted.width) + abs(size.height - wanted.height)

    if not format_.sizes:
        return 0
    nearest = format_.sizes[min(range(len(format_.sizes)), key=distance)]
    return max(nearest.rates_hz, default=0)
