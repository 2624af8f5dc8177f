# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Video files and folders of photos, played as if they were a camera."""

from __future__ import annotations

from pathlib import Path
import time

import cv2

from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.pacer import Pacer
from rpi_classifier.camera.source import Clock, require_bgr, Source
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError, ImageError
from rpi_classifier.frame import Frame
from rpi_classifier.photos import find_photos, read_photo


class VideoFile(Source):
    """A video file that plays at the requested rate, over and over."""

    def __init__(self, config: CameraConfig, interrupt: Interrupt, clock: Clock | None) -> None:
        """
        Open the file ``config.device``.

        :raises CameraError: if OpenCV cannot decode it.
        """
        super().__init__(config.frame_id, clock)
        self._path = str(Path(config.device))
        self._capture = cv2.VideoCapture(self._path)
        if not self._capture.isOpened():
            raise CameraError(
                f'{self._path} is not a video that OpenCV can decode; give another file'
            )
        self._pacer = Pacer(config.fps, interrupt)
        self.rate_hz = config.fps
        self.description = f'{self._path}: video file at {config.fps:g} fps'

    def read(self) -> Frame:
        """
        Wait until the next frame is due and return it.

        :raises CameraError: if no frame can be decoded.
        """
        self._pacer.wait()
        good, image = self._capture.read()
        if not good:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            good, image = self._capture.read()
        if not good:
            raise CameraError(
                f'{self._path} has no frame that OpenCV can decode; give another file'
            )
        require_bgr(self._path, image)
        return self._make_frame(image, time.monotonic_ns())  # type: ignore[arg-type]

    def close(self) -> None:
        """Close the file."""
        self._capture.release()


class PhotoFolder(Source):
    """The photos of a folder in the order of their names, over and over, at a camera's rate."""

    def __init__(self, config: CameraConfig, interrupt: Interrupt, clock: Clock | None) -> None:
        """
        Read all photos of the folder ``config.device`` into memory.

        :raises CameraError: if the folder has no photos or one of them is damaged.
        """
        super().__init__(config.frame_id, clock)
        path = Path(config.device)
        try:
            self._photos = [read_photo(file) for file in find_photos([path])]
        except ImageError as error:
            raise CameraError(str(error)) from error
        self._pacer = Pacer(config.fps, interrupt)
        self._hold_ns = int(config.photo_seconds * 1e9)
        self._start_ns = 0
        self._next = 0
        self.rate_hz = config.fps
        self.description = f'{path}: {len(self._photos)} photos at {config.fps:g} fps'

    def read(self) -> Frame:
        """Wait until the next frame is due and return it."""
        self._pacer.wait()
        now_ns = time.monotonic_ns()
        self._start_ns = self._start_ns or now_ns
        if self._hold_ns:
            index = (now_ns - self._start_ns) // self._hold_ns
        else:
            index = self._next
            self._next += 1
        return self._make_frame(self._photos[index % len(self._photos)], now_ns)
