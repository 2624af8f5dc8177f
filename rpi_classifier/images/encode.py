# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From an image to a JPEG."""

from __future__ import annotations

import cv2

from rpi_classifier.errors import ImageError
from rpi_classifier.input_spec import Image


def encode_jpeg(image: Image, quality: int) -> memoryview:
    """
    Encode an image as JPEG.

    :param image: [H, W, 3] uint8 BGR.
    :param quality: 1 to 100.
    :returns: the bytes.
    :raises ImageError: if the image is too large for the format.
    """
    done, encoded = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        height, width = image.shape[:2]
        raise ImageError(
            f'an image of {width}x{height} cannot become a JPEG, which has at most 65500 pixels '
            'a side; make it smaller'
        )
    return encoded.data
