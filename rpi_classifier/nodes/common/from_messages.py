# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From image messages to frames; a message is checked before its pixels are touched."""

from __future__ import annotations

import time

from sensor_msgs.msg import CompressedImage, Image

from rpi_classifier.errors import ImageError, UnknownEncodingError
from rpi_classifier.frame import Frame
from rpi_classifier.images.compressed import decode_compressed
from rpi_classifier.images.pixels import pixels_to_bgr
from rpi_classifier.input_spec import Image as BgrImage
from rpi_classifier.nodes.common.other_encodings import convert_by_cv_bridge

_STAMP_LIMIT_NS = 2**31 * 10**9  # a Time message counts seconds in 32 bits with a sign


def stamp_of(message: Image | CompressedImage) -> int:
    """
    Return the stamp of a message in nanoseconds.

    :raises ImageError: if it is no time.
    """
    stamp = message.header.stamp
    stamp_ns: int = stamp.sec * 10**9 + stamp.nanosec
    if stamp_ns >= _STAMP_LIMIT_NS:
        raise ImageError(
            f'its stamp, {stamp.sec} s and {stamp.nanosec} ns, does not fit a Time message; '
            'publish fewer than 10**9 nanoseconds',
            'stamp',
        )
    return stamp_ns


def frame_of(message: Image | CompressedImage, now_ns: int, came_ns: int | None = None) -> Frame:
    """
    Turn a message into a frame.

    :param now_ns: the current time in nanoseconds, on the clock of the message's stamp.
    :param came_ns: when the message came, on the clock of time.monotonic_ns, to be taken for when
        the image was if the stamp's clock is simulated; None: that clock is real.
    :returns: the frame; a bgr8 image shares the memory of the message.
    :raises ImageError: if the message holds no image, or one that cannot become BGR.
    """
    stamp_ns = stamp_of(message)
    taken_ns = time.monotonic_ns() - (now_ns - stamp_ns) if came_ns is None else came_ns
    return Frame(to_bgr(message), message.header.frame_id, stamp_ns, taken_ns, 'message')


def to_bgr(message: Image | CompressedImage) -> BgrImage:
    """
    Unpack the image of a message; bgr8 shares the memory of the message.

    :returns: [H, W, 3] uint8 BGR.
    :raises ImageError: if the data do not fit the description or cannot become BGR.
    """
    return _UNPACK[type(message)](message)


def _unpack_raw(message: Image) -> BgrImage:
    try:
        return pixels_to_bgr(
            message.data,
            encoding=message.encoding,
            width=message.width,
            height=message.height,
            step=message.step,
            big_endian=bool(message.is_bigendian),
        )
    except UnknownEncodingError as error:
        return convert_by_cv_bridge(message, error)


def _unpack_compressed(message: CompressedImage) -> BgrImage:
    return decode_compressed(memoryview(message.data), message.format)


_UNPACK = {Image: _unpack_raw, CompressedImage: _unpack_compressed}
