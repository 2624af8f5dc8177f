# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a source of images gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpi_classifier.camera import v4l2
from rpi_classifier.errors import CameraUnsuitable
from rpi_classifier.input_spec import Image


@dataclass(frozen=True)
class Frame:
    """
    One image and when it was taken.

    ``image`` is [H, W, 3] uint8 BGR and not written to again; ``monotonic_ns`` is on the clock of
    time.monotonic_ns, ``stamp_ns`` on that of the owner's ``now_ns`` (a node's ROS clock).
    """

    image: Image
    sequence: int
    monotonic_ns: int
    stamp_ns: int


class Source:
    """
    An open source of images.

    ``description`` says what it gives and ``difference`` how that is not what was asked for,
    empty if it is; ``device`` is the path of a V4L2 device and ``known`` tells it from others.
    ``taken_ns`` is when the last image was taken, on the clock of time.monotonic_ns, and
    ``stamp_source`` where that comes from: the driver, or the time after the read.
    """

    description = ''
    difference = ''
    rate_hz = 0.0
    device = ''
    known: v4l2.Capability | None = None
    taken_ns = 0
    stamp_source = 'read'

    def read(self) -> Image:
        """
        Wait for the next image and return it, [H, W, 3] uint8 BGR in memory of its own.

        :raises CameraError: if none comes any more.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Free the device or file; may be called twice, but not while another thread reads."""


def is_bgr(image: Any) -> bool:
    """Return True for [H, W, 3] uint8."""
    return bool(image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3)


def require_bgr(name: str, image: Any) -> None:
    """
    Refuse what is not [H, W, 3] uint8.

    :param name: of the source, for the error.
    :raises CameraUnsuitable: naming the shape.
    """
    if not is_bgr(image):
        raise CameraUnsuitable(
            f'{name} gives an image of shape {list(image.shape)}; expected [H, W, 3] BGR'
        )
