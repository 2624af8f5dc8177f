# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Image messages in: checked before any work, then [H, W, 3] uint8 BGR."""

from __future__ import annotations

import io

import cv2
from cv_bridge import CvBridge, CvBridgeError
import numpy as np
import PIL.Image
from sensor_msgs.msg import CompressedImage, Image

from rpi_classifier.errors import ImageError
from rpi_classifier.input_spec import Image as BgrImage

MOST_PIXELS = 64_000_000  # the largest sensors for a Raspberry Pi; more is a mistake or a bomb
COMPRESSED = ('JPEG', 'PNG', 'TIFF')  # what image_transport's publishers send

_BRIDGE = CvBridge()
# Bytes per pixel and OpenCV's way to BGR, None where it is BGR. ROS's cv_bridge can do these too;
# the one from PyPI can do a few, and neither minds a wrong step.
_ENCODINGS: dict[str, tuple[int, int | None]] = {
    'bgr8': (3, None),
    '8UC3': (3, None),
    'rgb8': (3, cv2.COLOR_RGB2BGR),
    'mono8': (1, cv2.COLOR_GRAY2BGR),
    '8UC1': (1, cv2.COLOR_GRAY2BGR),
    'bgra8': (4, cv2.COLOR_BGRA2BGR),
    '8UC4': (4, cv2.COLOR_BGRA2BGR),
    'rgba8': (4, cv2.COLOR_RGBA2BGR),
    'yuv422': (2, cv2.COLOR_YUV2BGR_UYVY),
    'uyvy': (2, cv2.COLOR_YUV2BGR_UYVY),
    'yuv422_yuy2': (2, cv2.COLOR_YUV2BGR_YUY2),
    'yuyv': (2, cv2.COLOR_YUV2BGR_YUY2),
    # OpenCV names a Bayer pattern by its second row.
    'bayer_rggb8': (1, cv2.COLOR_BayerBG2BGR),
    'bayer_bggr8': (1, cv2.COLOR_BayerRG2BGR),
    'bayer_gbrg8': (1, cv2.COLOR_BayerGR2BGR),
    'bayer_grbg8': (1, cv2.COLOR_BayerGB2BGR),
}


def to_bgr(message: Image | CompressedImage) -> BgrImage:
    """
    Unwrap an image message; bgr8 shares the message's memory.

    :returns: [H, W, 3] uint8 BGR.
    :raises ImageError: if the data do not fit the description or cannot become BGR.
    """
    if isinstance(message, CompressedImage):
        return _decompressed(message)
    height, width, step = message.height, message.width, message.step
    _check_size(width, height)
    if len(message.data) < height * step or not step:
        raise ImageError(
            f'an image of {width}x{height} pixels with step {step} has {len(message.data)} bytes '
            f'of data; expected {height * step}',
            'data length',
        )
    if message.encoding not in _ENCODINGS:
        return _bridged(message)
    pixel, code = _ENCODINGS[message.encoding]
    if step < pixel * width:
        raise ImageError(
            f'an image of encoding {message.encoding}, {width} pixels wide, cannot have step '
            f'{step}; expected at least {pixel * width}',
            'step',
        )
    rows = np.frombuffer(message.data, np.uint8, height * step).reshape(height, step)
    image = rows[:, : pixel * width].reshape(height, width, pixel)
    if code is None:
        return image
    try:
        return cv2.cvtColor(image, code)  # type: ignore[return-value]
    except cv2.error as error:  # YUV of odd width, Bayer with a single row
        raise ImageError(
            f'an image of encoding {message.encoding} cannot have {width}x{height} pixels', 'size'
        ) from error


def _check_size(width: int, height: int) -> None:
    if not 0 < width * height <= MOST_PIXELS:
        raise ImageError(
            f'an image of {width}x{height} pixels; expected 1 to {MOST_PIXELS:,} pixels', 'size'
        )


def _bridged(message: Image) -> BgrImage:
    if message.is_bigendian:
        raise ImageError(
            f'an image of encoding {message.encoding!r} is big-endian; '
            'publish it little-endian, or with eight bits per channel',
            'byte order',
        )
    try:
        return _BRIDGE.imgmsg_to_cv2(message, 'bgr8')  # type: ignore[no-any-return]
    except (CvBridgeError, cv2.error, TypeError, ValueError, KeyError, AttributeError) as error:
        raise ImageError(
            f'an image of encoding {message.encoding!r} cannot become bgr8; '
            f'publish one of {", ".join(_ENCODINGS)}',
            'encoding',
        ) from error


def _decompressed(message: CompressedImage) -> BgrImage:
    data = memoryview(message.data)
    try:
        with PIL.Image.open(io.BytesIO(data), formats=COMPRESSED) as header:  # reads no pixels
            width, height = header.size
            cut = header.format == 'JPEG' and b'\xff\xd9' not in bytes(data[-64:])
    except Exception as error:  # each of PIL's formats has its own
        raise ImageError(
            f'a compressed image of format {message.format!r}, {len(data)} bytes, is none of '
            f'{", ".join(COMPRESSED)}, or far too large',
            'compressed data',
        ) from error
    _check_size(width, height)
    try:
        image = None if cut else cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        image = None
    if image is None:
        raise ImageError(
            f'a compressed image of format {message.format!r} and {width}x{height} pixels is cut '
            f'off or damaged: {len(data)} bytes',
            'compressed data',
        )
    return image  # type: ignore[return-value]
