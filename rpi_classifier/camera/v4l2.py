# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Queries of V4L2 devices by ioctl, which work while another descriptor streams.

Numbers and layouts are those of linux/videodev2.h. The structures used here hold only 8-bit and
32-bit fields, so 32-bit and 64-bit machines share one layout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import errno
import fcntl
import os
import struct
from typing import Any

_CAPTURE, _CAPTURE_MPLANE, _DEVICE_CAPS = 0x1, 0x1000, 0x80000000
_DISCRETE = _MMAP = 1


class Ioctl:
    """One ioctl: its request number, as _IOC in asm-generic/ioctl.h, and its structure."""

    def __init__(self, number: int, layout: str, direction: int = 3) -> None:
        """
        Compose the request number.

        :param number: the second argument of the header's _IOWR('V', number, structure).
        :param layout: the structure as a format of the module struct, without byte order.
        :param direction: 1 for _IOW, 2 for _IOR, 3 for _IOWR.
        """
        self._struct = struct.Struct('=' + layout)
        self._request = direction << 30 | self._struct.size << 16 | ord('V') << 8 | number

    def __call__(self, fd: int, *start: int) -> tuple[Any, ...]:
        """Call the ioctl with ``start`` in the first 32-bit fields and return all fields."""
        buffer = bytearray(self._struct.size)
        struct.pack_into(f'={len(start)}I', buffer, 0, *(value & 0xFFFFFFFF for value in start))
        fcntl.ioctl(fd, self._request, buffer)
        return self._struct.unpack(buffer)


_STREAMOFF = Ioctl(19, 'I', direction=1)
_QUERYCAP = Ioctl(0, '16s32s32s3I12x', direction=2)
_ENUM_FMT = Ioctl(2, '3I32sI16x')
_REQBUFS = Ioctl(8, '5I')
_ENUM_FRAMESIZES = Ioctl(74, '3I6I8x')
_ENUM_FRAMEINTERVALS = Ioctl(75, '5I6I8x')


@dataclass(frozen=True)
class Capability:
    """The answer to VIDIOC_QUERYCAP; ``bus_info`` names the port that holds the device."""

    driver: str
    card: str
    bus_info: str
    is_capture: bool
    buffer_type: int


@dataclass(frozen=True)
class Size:
    """
    A size of a format in pixels, and the rates at that size, fastest first.

    For a range of sizes, this is the largest size with its rates, and ``smallest`` and ``step``
    describe the range. For a range of rates, ``rates_hz`` holds the fastest and the slowest.
    """

    width: int
    height: int
    rates_hz: tuple[float, ...]
    smallest: tuple[int, int] | None = None
    step: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Format:
    """A pixel format of a device."""

    fourcc: str
    description: str
    sizes: tuple[Size, ...]

    def rate_hz(self, width: int, height: int) -> float | None:
        """Return the fastest rate at a size; None if the driver lists no rate for it."""
        for size in self.sizes:
            low = size.smallest or (size.width, size.height)
            if low[0] <= width <= size.width and low[1] <= height <= size.height:
                return max(size.rates_hz, default=None)
        return None


def query_capability(path: str) -> Capability:
    """
    Query what a device is.

    :raises OSError: ENOENT, EACCES or ENODEV as usual; ENOTTY if it is not a V4L2 device.
    """
    with open_device(path) as fd:
        return _capability(fd)


def is_busy(path: str) -> bool:
    """
    Return whether another program holds the device for streaming.

    :raises OSError: as in ``query_capability``.
    """
    with open_device(path) as fd:
        try:
            _REQBUFS(fd, 0, _capability(fd).buffer_type, _MMAP)  # 0 buffers: takes nothing
        except OSError as error:
            if error.errno == errno.EBUSY:
                return True
            raise
    return False


def stop_streaming(fd: int) -> None:
    """
    Stop the stream of an open descriptor, which ends every wait for its next frame.

    :raises OSError: if another descriptor streams, or the device is gone.
    """
    _STREAMOFF(fd, _capability(fd).buffer_type)


def list_formats(path: str, detailed: Collection[str] | None = None) -> list[Format]:
    """
    List the pixel formats of a device, in the driver's order.

    :param detailed: fourccs whose sizes to query, because each query takes time; None: all.
    :raises OSError: if it is not a V4L2 device or is gone.
    """
    with open_device(path) as fd:
        found, kind = [], _capability(fd).buffer_type
        for _, _, _, description, code in _each(_ENUM_FMT, fd, kind):
            queried = detailed is None or _fourcc(code) in detailed
            sizes = tuple(_sizes(fd, code)) if queried else ()
            found.append(Format(_fourcc(code), decode_text(description), sizes))
        return found


@contextmanager
def open_device(path: str) -> Iterator[int]:
    """Open a device for queries, even while another program streams from it."""
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)


def _capability(fd: int) -> Capability:
    *names, _, whole, node = _QUERYCAP(fd)
    driver, card, bus_info = map(decode_text, names)
    can = node if whole & _DEVICE_CAPS else whole
    mplane = not can & _CAPTURE and bool(can & _CAPTURE_MPLANE)
    capture = bool(can & _CAPTURE) or mplane
    return Capability(driver, card, bus_info, capture, 9 if mplane else 1)


def _each(call: Ioctl, fd: int, *of: int) -> Iterator[tuple[Any, ...]]:
    """Yield the items of a list that the driver enumerates by index."""
    index = 0
    while True:
        try:
            item = call(fd, index, *of)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOTTY):
                return
            raise
        yield item
        index += 1


def _sizes(fd: int, code: int) -> Iterator[Size]:
    for _, _, kind, *numbers in _each(_ENUM_FRAMESIZES, fd, code):
        if kind == _DISCRETE:
            width, height = numbers[:2]
            yield Size(width, height, tuple(sorted(_rates(fd, code, width, height), reverse=True)))
            continue
        left, width, step_x, top, height, step_y = numbers
        rates = tuple(sorted(_rates(fd, code, width, height), reverse=True))
        yield Size(width, height, rates, (left, top), (step_x, step_y))
        return


def _rates(fd: int, code: int, width: int, height: int) -> Iterator[float]:
    for item in _each(_ENUM_FRAMEINTERVALS, fd, code, width, height):
        kind, numbers = item[4], item[5:]  # intervals in s as fractions: shortest, longest, step
        fractions = [numbers[0:2]] if kind == _DISCRETE else [numbers[0:2], numbers[2:4]]
        yield from (below / above for above, below in fractions if above)
        if kind != _DISCRETE:
            return


def decode_text(raw: bytes) -> str:
    """Decode a string that ends with a zero byte or fills its field."""
    return raw.split(b'\0')[0].decode(errors='replace')


def _fourcc(code: int) -> str:
    return (code & 0x7FFFFFFF).to_bytes(4, 'little').decode('latin-1')
