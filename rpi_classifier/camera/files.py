# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Video files and folders of photos, played as if they were a camera."""

from __future__ import annotations

from pathlib import Path
import time

import cv2

from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.pacer import Pacer
from rpi_classifier.camera.source import require_bgr, Source
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError, ImageError
from rpi_classifier.input_spec import Image
from rpi_classifier.photos import read_photo, SUFFIXES


class VideoFile(Source):
    """A video file, played at the wanted rate, over and over."""

    def __init__(self, path: Path, config: CameraConfig, interrupt: Interrupt) -> None:
        """
        Open a file.

        :raises CameraError: if OpenCV cannot decode it.
        """
        self._path = path
        self._capture = cv2.VideoCapture(str(path))
        self._pacer = Pacer(config.fps, interrupt)
        if not self._capture.isOpened():
            raise CameraError(f'{path} is no video that OpenCV can decode; give another file')
        self.rate_hz = config.fps
        self.description = f'{path}: video file at {config.fps:g} fps'

    def read(self) -> Image:
        """Wait until the next image is due and return it, [H, W, 3] uint8 BGR."""
        self._pacer.wait()
        good, image = self._capture.read()
        if not good:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            good, image = self._capture.read()
        if not good:
            raise CameraError(f'{self._path} holds no frame that OpenCV can decode')
        require_bgr(str(self._path), image)
        self.taken_ns = time.monotonic_ns()
        return image  # type: ignore[return-value]

    def close(self) -> None:
        """Close the file."""
        self._capture.release()


class PhotoFolder(Source):
    """The photos of a folder in the order of their names, over and over, at a camera's rate."""

    def __init__(
        self, path: Path, config: CameraConfig, interrupt: Interrupt | None = None
    ) -> None:
        """
        Read all photos into memory.

        :raises CameraError: if the folder has none or one of them is damaged.
        """
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
        if not files:
            raise CameraError(
                f'{path} has no photo; expected files ending in {" ".join(SUFFIXES)}'
            )
        try:
            self._photos = [read_photo(file) for file in files]
        except ImageError as error:
            raise CameraError(str(error)) from error
        self._pacer = Pacer(config.fps, interrupt or Interrupt())
        self._hold_ns = int(config.photo_seconds * 1e9)
        self._start_ns = 0
        self._next = 0
        self.rate_hz = config.fps
        self.description = f'{path}: {len(files)} photos at {config.fps:g} fps'

    def read(self) -> Image:
        """Wait until the next image is due and return it, [H, W, 3] uint8 BGR."""
        self._pacer.wait()
        self.taken_ns = now_ns = time.monotonic_ns()
        self._start_ns = self._start_ns or now_ns
        if self._hold_ns:
            index = (now_ns - self._start_ns) // self._hold_ns
        else:
            index = self._next
            self._next += 1
        return self._photos[index % len(self._photos)]

    def close(self) -> None:
        """Do nothing: no file is open."""
