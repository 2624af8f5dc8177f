# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
One decoder of pictures for topics, folders and commands, with the same limits and words.

Work is bounded before it begins: by bytes, by pixels, and by what a format can repeat.
"""

from __future__ import annotations

from pathlib import Path
import sys
from typing import Any

from numpy.typing import NDArray

from rpi_classifier.errors import ImageError
from rpi_classifier.files.regular_file import read_regular_file
from rpi_classifier.images.decoders import (
    decode_jpeg,
    decode_with_pillow,
    FILE_FORMATS,
    find_format,
    REASON,
)
from rpi_classifier.images.file_kinds import name_kind
from rpi_classifier.images.pixels import pixels_to_bgr
from rpi_classifier.input_spec import Image
from rpi_classifier.wording import printable_path

MOST_BYTES = 256_000_000  # more than the raw bytes of the largest camera


def read_image_file(path: Path, *, upright: bool = True) -> Image:
    """
    Decode an image file.

    :param upright: whether the picture is turned as its EXIF orientation says.
    :returns: [H, W, 3] uint8 BGR.
    :raises ImageError: if the path is not a file, or the file is not an image or breaks a limit.
    """
    data = read_regular_file(path, MOST_BYTES, ImageError)
    return decode_image(data, printable_path(path), upright=upright)


def decode_image(
    data: bytes | memoryview,
    subject: str,
    *,
    formats: tuple[str, ...] = FILE_FORMATS,
    upright: bool = True,
) -> Image:
    """
    Decode an image; the first one of several, without its transparency.

    :param subject: what the sentences of errors are about, as the name of a file.
    :param formats: those that are taken, of ``FILE_FORMATS``.
    :param upright: whether the picture is turned as its EXIF orientation says.
    :returns: [H, W, 3] uint8 BGR.
    :raises ImageError: if the data are not a whole image of these formats, or break a limit.
    """
    pixels = decode_pixels(data, subject, formats=formats, upright=upright)
    return array_to_bgr(pixels, 'bgr8' if pixels.ndim == 3 else f'mono{8 * pixels.itemsize}')


def array_to_bgr(pixels: NDArray[Any], encoding: str) -> Image:
    """
    Convert decoded pixels, as those of a raw image of an encoding.

    :param pixels: [H, W] or [H, W, 3], contiguous.
    :returns: [H, W, 3] uint8 BGR.
    :raises ImageError: if no picture of this size has this encoding.
    """
    height, width = pixels.shape[:2]
    return pixels_to_bgr(
        pixels.data,
        encoding=encoding,
        width=width,
        height=height,
        step=pixels.strides[0],
        big_endian=sys.byteorder == 'big',
    )


def decode_pixels(
    data: bytes | memoryview, subject: str, *, formats: tuple[str, ...], upright: bool
) -> NDArray[Any]:
    """
    Decode an image and leave its pixels gray where they are; see ``decode_image``.

    :returns: [H, W] uint8 or uint16 gray, or [H, W, 3] uint8 BGR.
    :raises ImageError: if the data are not a whole image of these formats, or break a limit.
    """
    data = memoryview(data)
    if not data.nbytes:
        raise ImageError(f'{subject} is empty: 0 bytes', REASON)
    if data.nbytes > MOST_BYTES:
        raise ImageError(
            f'{subject} has {data.nbytes:,} bytes; expected at most {MOST_BYTES:,}', REASON
        )
    name = find_format(bytes(data[:32]))
    if name not in formats:
        kind = f'a picture of format {name}' if name else name_kind(bytes(data[:512]))
        raise ImageError(
            f'{subject}, {data.nbytes} bytes, is none of {", ".join(formats)}'
            + (f': it is {kind}' if kind else ''),
            REASON,
        )
    if name == 'JPEG':
        return decode_jpeg(data, subject, upright)
    return decode_with_pillow(data, subject, upright, name)
