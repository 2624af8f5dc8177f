# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""V4L2 cameras, captured with OpenCV."""

from __future__ import annotations

import time
from typing import Any

import cv2

from rpi_classifier.camera import v4l2
from rpi_classifier.camera.devices import (
    explain_open_failure,
    explain_read_failure,
    identify_camera,
    locate_camera,
)
from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.negotiation import candidates, difference, Mode
from rpi_classifier.camera.source import Clock, is_bgr, require_bgr, Source
from rpi_classifier.config import CameraConfig
from rpi_classifier.config.pixel_formats import USABLE
from rpi_classifier.errors import CameraError, CameraUnsuitable
from rpi_classifier.frame import Frame

_OLDEST_STAMP_NS, _NEWEST_STAMP_NS = 10_000_000_000, 1_000_000_000


class V4L2Camera(Source):
    """A V4L2 device that streams through OpenCV."""

    def __init__(
        self,
        config: CameraConfig,
        known: v4l2.Capability | None,
        interrupt: Interrupt,
        clock: Clock | None,
    ) -> None:
        """
        Open a device and negotiate format, size and rate; parameters as in ``open_source``.

        :raises CameraError: if the device cannot be opened, gives no BGR images or, with
            ``config.strict``, gives another mode than the requested one.
        """
        super().__init__(config.frame_id, clock)
        self._interrupt = interrupt
        self._last_stamp_ns = 0
        self.device = locate_camera(config.device, known)
        self.known = identify_camera(self.device)
        interrupt.watch(self.device)
        self._capture = cv2.VideoCapture(self.device, cv2.CAP_V4L2)
        try:
            if not self._capture.isOpened():
                raise explain_open_failure(self.device)
            actual = self._negotiate(config)
        except BaseException:
            self.close()
            raise
        self.rate_hz = actual.rate_hz
        self.description = f'{self.known.card} on {self.device}: {actual}'

    def read(self) -> Frame:
        """
        Wait for the next frame and return it.

        :raises CameraError: if the device gives no further frame, or the interrupt is set.
        """
        frame = self._read()
        require_bgr(self.device, frame.image)
        return frame

    def close(self) -> None:
        """Free the device."""
        self._capture.release()

    def _read(self) -> Frame:
        image: Any
        good, image = (False, None) if self._interrupt.is_set() else self._capture.read()
        now_ns = time.monotonic_ns()
        if not good and self._interrupt.is_set():
            raise CameraError(f'reading {self.device} was interrupted')
        if not good:
            raise explain_read_failure(self.device)
        stamp_ns = int(self._capture.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
        advances, self._last_stamp_ns = stamp_ns > self._last_stamp_ns, stamp_ns
        # The driver's stamp counts if it advances and is on the monotonic clock.
        if advances and now_ns - _OLDEST_STAMP_NS < stamp_ns < now_ns + _NEWEST_STAMP_NS:
            # Some drivers stamp the expected end of a frame, which may lie in the future.
            return self._make_frame(image, min(stamp_ns, now_ns), 'driver')
        return self._make_frame(image, now_ns)

    def _negotiate(self, config: CameraConfig) -> Mode:
        requested = Mode(config.pixel_format, config.width, config.height, config.fps)
        # One buffer, if the driver can, so that no old frame waits. This must come first because
        # OpenCV would otherwise request the buffers again.
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        actual = self._first_usable(requested)
        self.difference = difference(requested, actual)
        if config.strict and self.difference:
            raise CameraUnsuitable(
                f'camera {self.device} gives {self.difference}; request a mode that it has, which '
                'the command camera_info shows, or set strict: false'
            )
        return actual

    def _first_usable(self, requested: Mode) -> Mode:
        try:
            offered = v4l2.list_formats(self.device, USABLE)
        except OSError as error:  # unplugged since it was opened
            raise explain_open_failure(self.device) from error
        names = candidates(requested, offered)
        for name in names:
            if actual := self._try(name, requested):
                return actual
        raise CameraUnsuitable(
            f'camera {self.device} gives no image that OpenCV converts to BGR; it offers '
            f'{" ".join(item.fourcc for item in offered) or "nothing"}, tried were '
            f'{" ".join(names) or "none"}; use a camera with one of {" ".join(USABLE)}'
        )

    def _try(self, fourcc: str, requested: Mode) -> Mode | None:
        """Request a mode, read one frame, and return the actual mode; None if it is unusable."""
        capture = self._capture
        # The format first, the rate last: drivers choose sizes by format and rates by size.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*fourcc))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, requested.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, requested.height)
        capture.set(cv2.CAP_PROP_FPS, requested.rate_hz)
        # OpenCV always returns True and chooses another format if this one is not offered.
        if int(capture.get(cv2.CAP_PROP_FOURCC)) != cv2.VideoWriter.fourcc(*fourcc):
            return None
        image = self._read().image
        if not is_bgr(image):
            return None
        height, width = image.shape[:2]
        return Mode(fourcc, width, height, round(capture.get(cv2.CAP_PROP_FPS), 3))
