# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Choosing the pixel format to request, and describing how the actual mode differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rpi_classifier.camera.v4l2 import Format
from rpi_classifier.config.pixel_formats import USABLE

_ENOUGH = 0.98  # 29.97 fps counts as 30


@dataclass(frozen=True)
class Mode:
    """A pixel format, a size in pixels and a rate, either requested or actual."""

    fourcc: str
    width: int
    height: int
    rate_hz: float

    def __str__(self) -> str:
        """Return the mode as people write it: ``640x480 YUYV at 30 fps``."""
        return f'{self.width}x{self.height} {self.fourcc.strip()} at {self.rate_hz:g} fps'


def candidates(requested: Mode, offered: Sequence[Format]) -> list[str]:
    """
    Order the pixel formats to try.

    A requested format comes first if the driver offers it. Then come the formats that reach the
    requested rate at the requested size, raw ones before compressed ones, then all others, the
    fastest first.

    :param requested: ``fourcc`` may be ``auto``.
    :param offered: what the driver lists; some drivers list nothing.
    :returns: fourccs that OpenCV can convert to BGR.
    """
    by_name = {format_.fourcc: format_ for format_ in offered}
    known = [name for name in USABLE if name in by_name or not offered]

    def rank(name: str) -> tuple[bool, float, int]:
        rate_hz = best_rate_hz(by_name[name], requested) if name in by_name else 0
        other = name.strip() != requested.fourcc
        return other, -min(rate_hz, _ENOUGH * requested.rate_hz), USABLE.index(name)

    return sorted(known, key=rank)


def difference(requested: Mode, actual: Mode) -> str:
    """Describe what differs from the request; empty if nothing does."""
    parts = []
    if (requested.width, requested.height) != (actual.width, actual.height):
        size = f'{requested.width}x{requested.height}'
        parts.append(f'{actual.width}x{actual.height} instead of {size}')
    if abs(actual.rate_hz - requested.rate_hz) > (1 - _ENOUGH) * requested.rate_hz:
        parts.append(f'{actual.rate_hz:g} fps instead of {requested.rate_hz:g}')
    if requested.fourcc not in ('auto', actual.fourcc.strip()):
        parts.append(f'{actual.fourcc.strip()} instead of {requested.fourcc}')
    return ', '.join(parts)


def best_rate_hz(format_: Format, requested: Mode) -> float:
    """Return the highest rate at the offered size nearest to the requested one; 0 if unknown."""
    exact = format_.rate_hz(requested.width, requested.height)
    if exact is not None:
        return exact

    def distance(index: int) -> int:
        size = format_.sizes[index]
        return abs(size.width - requested.width) + abs(size.height - requested.height)

    if not format_.sizes:
        return 0
    nearest = format_.sizes[min(range(len(format_.sizes)), key=distance)]
    return max(nearest.rates_hz, default=0)
