# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Compressed images of topics: what their format says of the pixels inside.

image_transport's publisher writes ``ENCODING; CODEC compressed [PIXELS]`` (see
sensor_msgs/CompressedImage): the encoding of the raw image, and that of the compressed pixels if
it has converted them. What it has not converted is still a mosaic, or in another order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from rpi_classifier.images.decode import array_to_bgr, decode_pixels
from rpi_classifier.images.encodings import refuse_numbers
from rpi_classifier.images.jpeg import SIGNATURE
from rpi_classifier.input_spec import Image
from rpi_classifier.wording import quote

TOPIC_FORMATS = ('JPEG', 'PNG', 'TIFF')  # what image_transport's publishers send


class CompressedFormat(NamedTuple):
    """The parts of a CompressedImage's format; a part that is not told is empty."""

    encoding: str  # of the raw image
    codec: str
    pixels: str  # the encoding of what is compressed


def parse_format(text: str) -> CompressedFormat:
    """Split a CompressedImage's format; one without a semicolon tells the codec alone."""
    encoding, semicolon, rest = text.partition(';')
    if not semicolon:
        return CompressedFormat('', text.strip(), '')
    codec, _, pixels = rest.partition('compressed')
    return CompressedFormat(encoding.strip(), codec.strip(), pixels.strip())


def decode_compressed(data: bytes | memoryview, text: str) -> Image:
    """
    Decode the data of a CompressedImage; a picture is turned as its EXIF orientation says.

    :param text: the message's format.
    :returns: [H, W, 3] uint8 BGR.
    :raises ImageError: if the data are not a whole picture, or the format says that they are none.
    """
    subject = f'a compressed image of format {quote(text)}'
    told = parse_format(text)
    if told.pixels.startswith('Depth'):  # compressedDepth, as rvl or png
        refuse_numbers('16UC1', subject)
    refuse_numbers(told.encoding, subject)
    mosaic = told.encoding.startswith('bayer_') and not told.pixels
    pixels = decode_pixels(data, subject, formats=TOPIC_FORMATS, upright=not mosaic)
    return array_to_bgr(pixels, _encoding_of(pixels, told, mosaic))


def is_plain_jpeg(data: bytes | memoryview, text: str) -> bool:
    """
    Return True if the data of a CompressedImage are a JPEG file that any program shows rightly.

    A mosaic, and red and blue in the wrong order, need what the format says of them.
    """
    told = parse_format(text)
    mosaic = told.encoding.startswith('bayer_') and not told.pixels
    plain = told.pixels in ('', 'bgr8', 'mono8') and not mosaic
    return plain and bytes(data[: len(SIGNATURE)]) == SIGNATURE


def _encoding_of(pixels: NDArray[Any], told: CompressedFormat, mosaic: bool) -> str:
    """Return the encoding of decoded pixels; OpenCV's order is BGR, whoever wrote them."""
    if pixels.ndim == 2:
        pattern = told.encoding.rstrip('0123456789') if mosaic else 'mono'
        return f'{pattern}{8 * pixels.itemsize}'
    # The publisher writes TIFF as it finds the pixels, and a codec takes them for BGR.
    order = told.pixels or (told.encoding if told.codec == 'tiff' else '')
    return 'rgb8' if order.startswith('rgb') else 'bgr8'
