# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The base of all sources of frames."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from rpi_classifier.camera.v4l2 import Capability
from rpi_classifier.clock import Clock
from rpi_classifier.errors import CameraUnsuitable
from rpi_classifier.frame import Frame
from rpi_classifier.input_spec import Image


class Source:
    """
    An open source of frames.

    ``description`` describes what the source gives, and ``difference`` how that differs from the
    request; it is empty if nothing differs. Frames come at ``rate_hz``. A video that plays at its
    own rate has that as ``own_rate_hz``, which stands for the requested one. A V4L2 source has
    the path of its ``device``, and its identity, ``known``, to find it again after a replug.
    """

    description = ''
    difference = ''
    rate_hz = 0.0
    own_rate_hz = 0.0
    device = ''
    known: Capability | None = None

    def __init__(self, frame_id: str, clock: Clock | None = None) -> None:
        """
        Store what all frames share.

        :param frame_id: the coordinate frame of all images.
        :param clock: the owner's clock, for ``Frame.stamp_ns``; None: that of the system.
        """
        self._frame_id = frame_id
        self._clock = clock

    def read(self) -> Frame:
        """
        Wait for the next frame and return it; its image has memory of its own.

        :raises CameraError: if no further frame comes.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Free the device or file; allowed twice, but not while another thread reads."""

    def _make_frame(self, image: Image, taken_ns: int, stamp_source: str = 'read') -> Frame:
        # Both clocks are read at one moment, so a step of the owner's clock between capture and
        # now does not shift the frame relative to the present.
        age_ns = time.monotonic_ns() - taken_ns
        now_ns = self._clock.now().nanoseconds if self._clock else time.time_ns()
        if self._clock and self._clock.ros_time_is_active:  # nobody knows the age on that clock
            age_ns, stamp_source = 0, 'simulated'
        return Frame(image, self._frame_id, now_ns - age_ns, taken_ns, stamp_source)


def is_bgr(image: Any) -> bool:
    """Return True for [H, W, 3] uint8."""
    return bool(image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3)


def require_bgr(name: str, image: Any) -> None:
    """
    Refuse an image that is not [H, W, 3] uint8.

    :param name: the source of the image, for the error message.
    :raises CameraUnsuitable: naming the shape.
    """
    if not is_bgr(image):
        raise CameraUnsuitable(
            f'{name} gives an image of shape {list(image.shape)}, and [H, W, 3] BGR is expected; '
            'set pixel_format: to another one, or use another source'
        )
