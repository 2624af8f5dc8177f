# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From image messages to frames; a message is checked before its pixels are touched."""

from __future__ import annotations

import io
import time

import cv2
from cv_bridge import CvBridge, CvBridgeError
import numpy as np
import PIL.Image
from sensor_msgs.msg import CompressedImage, Image

from rpi_classifier.errors import ImageError
from rpi_classifier.frame import Frame
from rpi_classifier.input_spec import Image as BgrImage

MAX_PIXELS = 64_000_000  # the largest sensors for a Raspberry Pi; more is a mistake or a bomb
COMPRESSED = ('JPEG', 'PNG', 'TIFF')  # what image_transport's publishers send

_STAMP_LIMIT_NS = 2**31 * 10**9  # a Time message counts seconds in 32 bits with a sign
_BRIDGE = CvBridge()
# Bytes per pixel, and OpenCV's conversion to BGR (None: no conversion is needed). cv_bridge is
# only asked for other encodings: the one from PyPI knows few, and none checks the step.
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


def frame_of(message: Image | CompressedImage, now_ns: int) -> Frame:
    """
    Turn a message into a frame.

    :param now_ns: the current time in nanoseconds, on the clock of the message's stamp.
    :returns: the frame; a bgr8 image shares the memory of the message.
    :raises ImageError: if the message holds no image, or one that cannot become BGR.
    """
    header = message.header
    stamp_ns = header.stamp.sec * 10**9 + header.stamp.nanosec
    if stamp_ns >= _STAMP_LIMIT_NS:
        raise ImageError(
            f'its stamp, {header.stamp.sec} s and {header.stamp.nanosec} ns, does not fit a Time '
            'message; publish fewer than 10**9 nanoseconds',
            'stamp',
        )
    taken_ns = time.monotonic_ns() - (now_ns - stamp_ns)
    return Frame(to_bgr(message), header.frame_id, stamp_ns, taken_ns, 'message')


def to_bgr(message: Image | CompressedImage) -> BgrImage:
    """
    Unpack the image of a message; bgr8 shares the memory of the message.

    :returns: [H, W, 3] uint8 BGR.
    :raises ImageError: if the data do not fit the description or cannot become BGR.
    """
    return _UNPACK[type(message)](message)


def _unpack_raw(message: Image) -> BgrImage:
    height, width, step = message.height, message.width, message.step
    _check_size(width, height)
    if len(message.data) < height * step or not step:
        raise ImageError(
            f'an image of {width}x{height} pixels with step {step} has {len(message.data)} bytes '
            f'of data; expected {height * step}',
            'data length',
        )
    if message.encoding not in _ENCODINGS:
        return _unpack_by_bridge(message)
    return _unpack_known(message)


def _unpack_known(message: Image) -> BgrImage:
    """Unpack an encoding of ``_ENCODINGS``; the data are known to fill all rows."""
    height, width, step = message.height, message.width, message.step
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
    if not 0 < width * height <= MAX_PIXELS:
        raise ImageError(
            f'an image of {width}x{height} pixels cannot be used; expected 1 to '
            f'{MAX_PIXELS:,} pixels',
            'size',
        )


def _unpack_by_bridge(message: Image) -> BgrImage:
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


def _unpack_compressed(message: CompressedImage) -> BgrImage:
    data = memoryview(message.data)
    complete = _check_compressed(message.format, data)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if complete else None
    except cv2.error:
        image = None
    if image is None:
        raise ImageError(
            f'a compressed image of format {message.format!r} is cut off or damaged: it has '
            f'{len(data)} bytes',
            'compressed data',
        )
    return image  # type: ignore[return-value]


def _check_compressed(kind: str, data: memoryview) -> bool:
    """
    Read the header of a compressed image.

    :returns: False if it is a JPEG without an end.
    :raises ImageError: if it has another format or too many pixels.
    """
    try:
        with PIL.Image.open(io.BytesIO(data), formats=COMPRESSED) as header:  # reads no pixels
            size, is_jpeg = header.size, header.format == 'JPEG'
    except Exception as error:  # each of PIL's formats has its own
        raise ImageError(
            f'a compressed image of format {kind!r}, {len(data)} bytes, is none of '
            f'{", ".join(COMPRESSED)}, or far too large',
            'compressed data',
        ) from error
    _check_size(*size)
    return not is_jpeg or b'\xff\xd9' in bytes(data[-64:])


_UNPACK = {Image: _unpack_raw, CompressedImage: _unpack_compressed}
