# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Where frames come from: a V4L2 device, a video file or a folder of photos."""

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
from rpi_classifier.camera.negotiation import candidates, difference, Mode, USABLE
from rpi_classifier.camera.source import is_bgr, require_bgr, Source
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError, CameraUnsuitable
from rpi_classifier.input_spec import Image

_OLDEST_STAMP_NS, _NEWEST_STAMP_NS = 10_000_000_000, 1_000_000_000


class Camera(Source):
    """A V4L2 device that streams, through OpenCV."""

    def __init__(
        self,
        config: CameraConfig,
        known: v4l2.Capability | None = None,
        interrupt: Interrupt | None = None,
    ) -> None:
        """
        Open a device and agree on format, size and rate; parameters as of ``open_source``.

        :raises CameraError: saying why, if it cannot be opened, gives no BGR image, or, with
            ``config.strict``, gives other than what was asked for.
        """
        self._interrupt = interrupt or Interrupt()
        self._last_stamp_ns = 0
        self.device = locate_camera(config.device, known)
        self.known = identify_camera(self.device)
        self._interrupt.watch(self.device)
        self._capture = cv2.VideoCapture(self.device, cv2.CAP_V4L2)
        try:
            if not self._capture.isOpened():
                raise explain_open_failure(self.device)
            self._negotiate(config)
        except BaseException:
            self.close()
            raise

    def read(self) -> Image:
        """Wait for the next image and return it, [H, W, 3] uint8 BGR."""
        image = self._read()
        require_bgr(self.device, image)
        return image  # type: ignore[no-any-return]

    def close(self) -> None:
        """Free the device."""
        self._capture.release()

    def _read(self) -> Any:
        good, image = (False, None) if self._interrupt.is_set() else self._capture.read()
        now_ns = time.monotonic_ns()
        if not good:
            on_purpose = CameraError(f'reading {self.device} was interrupted')
            raise on_purpose if self._interrupt.is_set() else explain_read_failure(self.device)
        self.taken_ns = self._stamp_ns(now_ns)
        return image

    def _stamp_ns(self, now_ns: int) -> int:
        """Return the driver's stamp if it moves and is on the monotonic clock, else now."""
        stamp_ns = int(self._capture.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
        plausible = now_ns - _OLDEST_STAMP_NS < stamp_ns < now_ns + _NEWEST_STAMP_NS
        moves = stamp_ns > self._last_stamp_ns
        self._last_stamp_ns = stamp_ns
        self.stamp_source = 'driver' if plausible and moves else 'read'
        # Some drivers stamp the end of a frame that they expect.
        return min(stamp_ns, now_ns) if plausible and moves else now_ns

    def _negotiate(self, config: CameraConfig) -> None:
        requested = Mode(config.pixel_format, config.width, config.height, config.fps)
        offered = v4l2.list_formats(self.device, USABLE)
        # One buffer where the driver can, so that no old frame waits; it must come first, or
        # OpenCV asks for the buffers anew.
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        names = candidates(requested, offered)
        for name in names:
            actual = self._ask(name, requested)
            if actual:
                break
        else:
            raise CameraUnsuitable(
                f'camera {self.device} gives no image that OpenCV turns into BGR; tried '
                f'{" ".join(names) or "nothing"}, it offers '
                f'{" ".join(item.fourcc for item in offered) or "nothing"}, usable are '
                f'{" ".join(USABLE)}'
            )
        self.difference = difference(requested, actual)
        self.rate_hz = actual.rate_hz
        if config.strict and self.difference:
            raise CameraUnsuitable(
                f'camera {self.device} gives {self.difference}; ask for what it has, which the '
                'command camera_info shows, or set strict: false'
            )
        assert self.known is not None
        self.description = f'{self.known.card} on {self.device}: {actual}'

    def _ask(self, fourcc: str, requested: Mode) -> Mode | None:
        """Ask for a mode, try it, and return what was actual; None if that is of no use."""
        capture = self._capture
        # The format first, the rate last: a driver chooses sizes by format and rates by size.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*fourcc))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, requested.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, requested.height)
        capture.set(cv2.CAP_PROP_FPS, requested.rate_hz)
        # OpenCV says True to everything and takes its own choice where a format is not offered.
        if int(capture.get(cv2.CAP_PROP_FOURCC)) != cv2.VideoWriter.fourcc(*fourcc):
            return None
        image = self._read()
        if not is_bgr(image):
            return None
        return Mode(
            fourcc, image.shape[1], image.shape[0], round(capture.get(cv2.CAP_PROP_FPS), 3)
        )
