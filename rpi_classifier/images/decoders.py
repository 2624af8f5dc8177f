# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The libraries that decode pictures, and their limits; ``decode`` chooses among them.

OpenCV decodes JPEG, straight to BGR. Pillow decodes the others: every version of it tells when
data are cut off, and turns what a camera has turned.
"""

from __future__ import annotations

from collections.abc import Callable
import functools
import io
from typing import Any
import warnings

import cv2
import numpy as np
from numpy.typing import NDArray
import PIL.Image
import PIL.ImageOps

from rpi_classifier.errors import ImageError
from rpi_classifier.images.jpeg import read_jpeg_outline, SIGNATURE
from rpi_classifier.images.pixels import check_size

FILE_FORMATS = ('JPEG', 'PNG', 'TIFF', 'WEBP', 'BMP', 'GIF', 'AVIF')
REASON = 'compressed data'  # of most errors here
MOST_SCANS = 100  # of a progressive JPEG; encoders make about 10, and each costs a pass

_MOST_READS = 1_000_000  # calls of Pillow's parsers for more data: a second or two
_TILE_WIDTH, _TILE_LENGTH, _ORIENTATION = 322, 323, 274  # tags of TIFF and EXIF

# What is wrong with an image becomes one sentence; Pillow's warnings on the way to it do not help.
warnings.filterwarnings('ignore', module=r'PIL\.')


@functools.cache
def _recognizers() -> dict[str, Callable[[bytes], bool | str]]:
    """Return Pillow's functions that know a format by its first bytes; some versions lack AVIF."""
    PIL.Image.init()
    known = {name: PIL.Image.OPEN[name][1] for name in FILE_FORMATS if name in PIL.Image.OPEN}
    return {name: accept for name, accept in known.items() if accept}


def find_format(start: bytes) -> str | None:
    """
    Return the format of a picture by its first 32 bytes.

    :returns: one of ``FILE_FORMATS``; None if it is none of them.
    """
    if start.startswith(SIGNATURE):
        return 'JPEG'
    # Pillow returns a text, which is not True, where it was built without the decoder.
    return next((name for name, accept in _recognizers().items() if accept(start) is True), None)


def decode_jpeg(data: memoryview, subject: str, upright: bool) -> NDArray[Any]:
    """
    Decode a JPEG.

    :param subject: what the sentences of errors are about.
    :param upright: whether the picture is turned as its EXIF orientation says.
    :returns: [H, W] uint8 gray, or [H, W, 3] uint8 BGR.
    :raises ImageError: if it is cut off or damaged, or breaks a limit.
    """
    outline = read_jpeg_outline(data)
    if not outline.complete:
        raise ImageError(
            f'{subject} is cut off: {data.nbytes} bytes of JPEG, '
            f'{outline.width}x{outline.height} pixels, without an end',
            REASON,
        )
    check_size(outline.width, outline.height, subject)
    if outline.scans > MOST_SCANS:
        raise ImageError(
            f'{subject} is a JPEG of {outline.scans} scans; expected at most {MOST_SCANS}', REASON
        )
    flags = cv2.IMREAD_ANYCOLOR | (0 if upright else cv2.IMREAD_IGNORE_ORIENTATION)
    return _decode_with_opencv(data, subject, 'JPEG', flags)


def _decode_with_opencv(
    data: memoryview, subject: str, name: str, flags: int = cv2.IMREAD_ANYCOLOR
) -> NDArray[Any]:
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise _damaged(data, subject, name) from error
    if pixels is None:
        raise _damaged(data, subject, name)
    return pixels


class _LimitedReader(io.BytesIO):
    """Data for Pillow's parsers: millions of tiny chunks would take them minutes to skip."""

    def __init__(self, data: memoryview, subject: str) -> None:
        """Take the data, and what the sentence of an error is about."""
        super().__init__(data)
        self._subject = subject
        self._reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """
        Return the next bytes.

        :raises ImageError: if it was called too often.
        """
        self._reads += 1
        if self._reads > _MOST_READS:
            raise ImageError(f'{self._subject} has more parts than any picture', REASON)
        return super().read(size)


def decode_with_pillow(data: memoryview, subject: str, upright: bool, name: str) -> NDArray[Any]:
    """
    Decode a picture of another format.

    :param subject: what the sentences of errors are about.
    :param upright: whether the picture is turned as its EXIF orientation says.
    :param name: the format, as ``find_format`` returned it.
    :returns: [H, W] uint8 or uint16 gray, or [H, W, 3] uint8 BGR.
    :raises ImageError: if it is cut off or damaged, or breaks a limit.
    """
    read_header = PIL.Image.OPEN[name][0]  # PIL.Image.open hides the size of what is too large
    try:
        with read_header(_LimitedReader(data, subject), '') as picture:
            check_size(*picture.size, subject)
            check_size(*_tile_size(picture), f'a tile of {subject}')
            if picture.tile and picture.tile[0][0] == 'bmp_rle':  # minutes of Python in Pillow
                return _decode_with_opencv(data, subject, name)
            picture.load()  # which turns a TIFF
            turn = upright and name != 'TIFF'
            return _to_array(_turned(picture) if turn else picture, subject)
    except ImageError:
        raise
    except Exception as error:  # each of Pillow's formats has its own
        raise _damaged(data, subject, name) from error


def _tile_size(picture: PIL.Image.Image) -> tuple[int, int]:
    """Return the size of a TIFF's tiles, which may be any times as large as the picture."""
    tags = getattr(picture, 'tag_v2', {})
    return tags.get(_TILE_WIDTH, 1), tags.get(_TILE_LENGTH, 1)


def _damaged(data: memoryview, subject: str, name: str) -> ImageError:
    return ImageError(
        f'{subject} is cut off, damaged or of a kind that cannot be decoded: '
        f'{data.nbytes} bytes of {name}',
        REASON,
    )


def _turned(picture: PIL.Image.Image) -> PIL.Image.Image:
    try:
        turned = picture.getexif().get(_ORIENTATION, 1) != 1
        return PIL.ImageOps.exif_transpose(picture) if turned else picture
    except Exception:  # damaged EXIF: the picture itself is good
        return picture


def _to_array(picture: PIL.Image.Image, subject: str) -> NDArray[Any]:
    """Return gray pixels as they are and all others as BGR."""
    if picture.mode.startswith('I;16') or (picture.mode == 'I' and picture.format == 'PNG'):
        return np.asarray(picture).astype(np.uint16)  # 32 bits in older versions of Pillow
    if picture.mode in ('I', 'F'):
        raise ImageError(
            f'{subject} has pixels of 32 bits, which are not a picture; give one of 8 or 16 bits',
            REASON,
        )
    if picture.mode == 'L':
        return np.asarray(picture)
    colours = picture if picture.mode == 'RGB' else picture.convert('RGB')
    return cv2.cvtColor(np.asarray(colours), cv2.COLOR_RGB2BGR)
