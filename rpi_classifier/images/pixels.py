# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Pixels of any encoding to BGR; what an image says of itself is checked before any work."""

from __future__ import annotations

from array import array
import sys
from typing import TypeAlias

import numpy as np

from rpi_classifier.errors import ImageError, UnknownEncodingError
from rpi_classifier.images.encodings import Encoding, ENCODINGS, refuse_numbers, Rows
from rpi_classifier.input_spec import Image
from rpi_classifier.wording import quote

Buffer: TypeAlias = 'bytes | bytearray | memoryview | array[int]'

MOST_PIXELS = 64_000_000  # the largest sensors for a Raspberry Pi; more is a mistake or a bomb


def pixels_to_bgr(
    data: Buffer, *, encoding: str, width: int, height: int, step: int, big_endian: bool = False
) -> Image:
    """
    Convert the pixels of a raw image; those of bgr8 share the memory of ``data``.

    :param data: at least the bytes of all rows of all planes.
    :param step: the bytes from one row of the first plane to the next.
    :param big_endian: whether samples of 16 bits begin with their high byte.
    :returns: [H, W, 3] uint8 BGR.
    :raises UnknownEncodingError: if this table does not have the encoding; another may.
    :raises ImageError: if the data do not fit the description or are no picture.
    """
    data = memoryview(data)
    check_size(width, height, 'an image')
    _check_length(data, (1, 1), width, height, step)
    layout = _layout_of(encoding)
    _check_shape(encoding, layout, width, height)
    step = _step_of_first_plane(data, layout, width, height, step)
    _check_length(data, layout.planes, width, height, step)
    if step < layout.pixel_bytes * width:
        raise ImageError(
            f'an image of encoding {encoding}, {width} pixels wide, cannot have step {step}; '
            f'expected at least {layout.pixel_bytes * width}',
            'step',
        )
    count = height * layout.planes[0] // layout.planes[1]
    rows = np.frombuffer(data, np.uint8, count * step).reshape(count, step)
    if layout.sample_bytes == 2 and big_endian != (sys.byteorder == 'big'):
        rows = _swapped(rows[:, : layout.pixel_bytes * width])
    return layout.convert(rows, width)  # type: ignore[no-any-return]


def _layout_of(encoding: str) -> Encoding:
    refuse_numbers(encoding, f'an image of encoding {quote(encoding)}')
    if encoding not in ENCODINGS:
        raise UnknownEncodingError(
            f'an image of encoding {quote(encoding)} cannot become bgr8; publish bgr8, rgb8, '
            'mono8, yuv422_yuy2, nv12 or another encoding of sensor_msgs that is a picture'
        )
    return ENCODINGS[encoding]


def _swapped(rows: Rows) -> Rows:
    """Return rows of 16-bit samples with the bytes of each in the other order."""
    return rows.reshape(len(rows), -1, 2)[..., ::-1].reshape(rows.shape)


def check_size(width: int, height: int, subject: str) -> None:
    """
    Refuse an image that has no pixel, or more than any camera.

    :param subject: what the sentence is about.
    :raises ImageError: if it is refused.
    """
    if not 0 < width * height <= MOST_PIXELS:
        raise ImageError(
            f'{subject} has {width}x{height} pixels; expected 1 to {MOST_PIXELS:,} pixels', 'size'
        )


def _check_length(
    data: memoryview, planes: tuple[int, int], width: int, height: int, step: int
) -> None:
    expected = height * step * planes[0] // planes[1]
    if not step or data.nbytes < expected:
        raise ImageError(
            f'an image of {width}x{height} pixels with step {step} has {data.nbytes} bytes of '
            f'data; expected {expected}',
            'data length',
        )


def _check_shape(encoding: str, layout: Encoding, width: int, height: int) -> None:
    if (
        width % layout.multiple[0]
        or height % layout.multiple[1]
        or min(width, height) < layout.least
    ):
        raise ImageError(
            f'an image of encoding {encoding} cannot have {width}x{height} pixels', 'size'
        )


def _step_of_first_plane(
    data: memoryview, layout: Encoding, width: int, height: int, step: int
) -> int:
    """Return the step; some publishers of several planes count the bytes of all planes as one."""
    rows, per_height = layout.planes
    whole = width * layout.pixel_bytes * rows == step * per_height
    return width if whole and rows > per_height and data.nbytes == height * step else step
