# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""Photos: reading one, and playing a folder of them as if it were a camera."""

from __future__ import annotations

from pathlib import Path
import time

import cv2
import numpy as np

from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.pacer import Pacer
from rpi_classifier.camera.v4l2_camera import Source
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError, ImageError
from rpi_classifier.runtime.preprocess import Image

SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.webp')


def read_photo(path: Path) -> Image:
    """
    Decode an image file, turned upright by its EXIF orientation.

    :returns: [H, W, 3] uint8 BGR.
    :raises ImageError: if the file cannot be read or is not an image.
    """
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise ImageError(f'{path} cannot be read: {error.strerror}') from error
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if image is None:
        raise ImageError(f'{path} is not an image that OpenCV can decode; give a JPEG or PNG file')
    return image  # type: ignore[return-value]


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
