# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The encodings of raw images that are pictures, and the way of each to BGR.

The names are those of sensor_msgs/image_encodings.hpp.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
import re
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import EncodingError

Rows = NDArray[np.uint8]

# BT.601 of limited range, as OpenCV has it for the subsampled formats: B, G, R of Y, U, V, 1.
_YUV_TO_BGR = np.array([[1.164, 2.018, 0], [1.164, -0.391, -0.813], [1.164, 0, 1.596]])
_YUV_TO_BGR = np.column_stack([_YUV_TO_BGR, _YUV_TO_BGR @ [-16, -128, -128]])

_DEPTH = ('16UC1', '32FC1')  # as REP 118 has it
_NUMBERS = re.compile(r'(8|16|32|64)[USF]C?\d*')


@dataclass(frozen=True)
class Encoding:
    """
    How the pixels of an encoding lie in memory, and how they become BGR.

    ``convert`` takes the rows of all planes, [rows, step] uint8, and the width.
    """

    pixel_bytes: int  # of the first plane
    convert: Callable[[Rows, int], Any]
    sample_bytes: int = 1
    planes: tuple[int, int] = (1, 1)  # the rows of all planes, as a fraction of the height
    multiple: tuple[int, int] = (1, 1)  # what width and height must be divisible by
    least: int = 1  # pixels, both ways


def _packed(channels: int, code: int | None) -> Encoding:
    """Return an encoding of interleaved bytes; OpenCV's code is None where they are BGR."""

    def convert(rows: Rows, width: int) -> Any:
        image = rows[:, : channels * width].reshape(len(rows), width, channels)
        return image if code is None else cv2.cvtColor(image, code)

    return Encoding(channels, convert)


def _of_16_bits(encoding: Encoding) -> Encoding:
    """Return the encoding of the same channels with 16 bits each."""

    def convert(rows: Rows, width: int) -> Any:
        row_bytes = 2 * encoding.pixel_bytes * width
        samples = np.ascontiguousarray(rows[:, :row_bytes]).view(np.uint16)
        return encoding.convert(cv2.convertScaleAbs(samples, alpha=1 / 257), width)  # type: ignore[arg-type]

    return replace(encoding, pixel_bytes=2 * encoding.pixel_bytes, convert=convert, sample_bytes=2)


def _two_by_two(code: int) -> Encoding:
    """Return an encoding of a plane of Y and one of U and V for every 2x2 pixels."""

    def convert(rows: Rows, width: int) -> Any:
        height = len(rows) * 2 // 3
        chroma = rows[height:, :width].reshape(height // 2, width // 2, 2)
        return cv2.cvtColorTwoPlane(rows[:height, :width], chroma, code)

    return Encoding(1, convert, planes=(3, 2), multiple=(2, 2))


def _nv24_to_bgr(rows: Rows, width: int) -> Any:
    """Convert a plane of Y and one of U and V, whose rows are twice as long."""
    height, step = len(rows) // 3, rows.shape[1]
    chroma = rows[height:].reshape(height, 2 * step)[:, : 2 * width].reshape(height, width, 2)
    return cv2.transform(np.dstack([rows[:height, :width], chroma]), _YUV_TO_BGR)


_BGR, _RGB = _packed(3, None), _packed(3, cv2.COLOR_RGB2BGR)
_BGRA, _RGBA = _packed(4, cv2.COLOR_BGRA2BGR), _packed(4, cv2.COLOR_RGBA2BGR)
_MONO = _packed(1, cv2.COLOR_GRAY2BGR)
_UYVY = replace(_packed(2, cv2.COLOR_YUV2BGR_UYVY), multiple=(2, 1))
_YUYV = replace(_packed(2, cv2.COLOR_YUV2BGR_YUY2), multiple=(2, 1))
_BAYER_CODES = {  # OpenCV names a pattern by its second row
    'rggb': cv2.COLOR_BayerBG2BGR,
    'bggr': cv2.COLOR_BayerRG2BGR,
    'gbrg': cv2.COLOR_BayerGR2BGR,
    'grbg': cv2.COLOR_BayerGB2BGR,
}
# OpenCV makes a black image of less than 3x3 pixels of a mosaic.
_BAYER = {name: replace(_packed(1, code), least=3) for name, code in _BAYER_CODES.items()}

ENCODINGS: dict[str, Encoding] = {
    'bgr8': _BGR,
    '8UC3': _BGR,
    'rgb8': _RGB,
    'bgra8': _BGRA,
    '8UC4': _BGRA,
    'rgba8': _RGBA,
    'mono8': _MONO,
    '8UC1': _MONO,
    'bgr16': _of_16_bits(_BGR),
    '16UC3': _of_16_bits(_BGR),
    'rgb16': _of_16_bits(_RGB),
    'bgra16': _of_16_bits(_BGRA),
    '16UC4': _of_16_bits(_BGRA),
    'rgba16': _of_16_bits(_RGBA),
    'mono16': _of_16_bits(_MONO),
    'uyvy': _UYVY,
    'yuv422': _UYVY,
    'yuyv': _YUYV,
    'yuv422_yuy2': _YUYV,
    'nv12': _two_by_two(cv2.COLOR_YUV2BGR_NV12),
    'nv21': _two_by_two(cv2.COLOR_YUV2BGR_NV21),
    'nv24': Encoding(1, _nv24_to_bgr, planes=(3, 1)),
    **{f'bayer_{pattern}8': encoding for pattern, encoding in _BAYER.items()},
    **{f'bayer_{pattern}16': _of_16_bits(encoding) for pattern, encoding in _BAYER.items()},
}


def refuse_numbers(encoding: str, subject: str) -> None:
    """
    Refuse an encoding of depth, or of numbers whose meaning as a picture is not known.

    :param subject: what the sentence is about.
    :raises EncodingError: if it is refused.
    """
    if encoding in _DEPTH:
        raise EncodingError(
            f'{subject} is depth, not a picture; subscribe to the colour or gray images of the '
            'camera (a gray picture of 16 bits is published as mono16)'
        )
    if _NUMBERS.fullmatch(encoding) and encoding not in ENCODINGS:
        raise EncodingError(
            f'{subject} has numbers that are not a picture; publish bgr8, rgb8, mono8 or mono16'
        )
