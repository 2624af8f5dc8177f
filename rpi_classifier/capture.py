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

"""Where frames come from: a V4L2 device, a video file or a folder of photos."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
import time
from typing import Any, Protocol

import cv2
import numpy as np

from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError
from rpi_classifier.preprocess import Image


@dataclass(frozen=True)
class Frame:
    """One image and when it was taken.

    ``image`` is [H, W, 3] uint8 BGR and not written to again; ``monotonic_ns`` is on the clock of
    time.monotonic_ns, ``stamp_ns`` on that of the owner's ``now_ns`` (a node's ROS clock).
    """

    image: Image
    sequence: int
    monotonic_ns: int
    stamp_ns: int


class Source(Protocol):
    """An open source of images."""

    description: str

    def read(self) -> Image:
        """Wait for the next image and return it, [H, W, 3] uint8 BGR in memory of its own.

        :raises CameraError: if none comes any more.
        """

    def close(self) -> None:
        """Free the device or file; may be called twice."""


def open_source(config: CameraConfig) -> Source:
    """Open what ``config.device`` names.

    :raises CameraError: if it is not there or is no source of images.
    """
    from rpi_classifier.photos import PhotoFolder

    path = Path(config.device)
    if path.is_dir():
        return PhotoFolder(path, config)
    if path.is_file():
        return VideoFile(path, config)
    return Camera(config)


class Pacer:
    """Holds a file's frames back until they are due."""

    def __init__(self, rate_hz: float) -> None:
        """Start the beat with the first wait."""
        self._period_s = 1 / rate_hz
        self._due = 0.0

    def wait(self) -> None:
        """Return at the next beat; beats that were missed are not made up for."""
        now = time.monotonic()
        self._due = max(self._due + self._period_s, now)
        time.sleep(self._due - now)


class Camera:
    """A V4L2 device through OpenCV."""

    def __init__(self, config: CameraConfig) -> None:
        """Open a device and ask for size and rate; ``description`` says what the driver gave.

        :raises CameraError: if it cannot be opened or gives no BGR image.
        """
        name = config.device
        self._name = f'/dev/video{name}' if name.isdigit() else name
        if not Path(self._name).exists():
            raise CameraError(
                f'camera {self._name} does not exist; plug it in, or set device: to another path'
            )
        self._capture = cv2.VideoCapture(self._name, cv2.CAP_V4L2)
        try:
            self._negotiate(config)
        except CameraError:
            self.close()
            raise

    def read(self) -> Image:
        """Wait for the next image and return it, [H, W, 3] uint8 BGR."""
        good, image = self._capture.read()
        if not good:
            raise CameraError(f'camera {self._name} gives no more frames; is it still plugged in?')
        return _checked(self._name, image)

    def close(self) -> None:
        """Free the device."""
        self._capture.release()

    def _negotiate(self, config: CameraConfig) -> None:
        capture = self._capture
        if not capture.isOpened():
            raise CameraError(
                f'camera {self._name} cannot be opened; is it a V4L2 capture device, is it in use '
                'by another program, and may you read it (sudo usermod -aG video $USER)?'
            )
        # The format first: a driver chooses sizes and rates by format.
        for fourcc in (None, 'YUYV', 'MJPG'):
            if fourcc:
                capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*fourcc))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, config.width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, config.height)
            capture.set(cv2.CAP_PROP_FPS, config.fps)
            good, image = capture.read()
            if good and image.ndim == 3 and image.shape[2] == 3 and min(image.shape[:2]) > 1:
                break
        else:
            raise CameraError(f'camera {self._name} gives no image that OpenCV turns into BGR')
        height, width = image.shape[:2]
        self.description = (
            f'{self._name}: {width}x{height} at {capture.get(cv2.CAP_PROP_FPS):g} fps, asked for '
            f'{config.width}x{config.height} at {config.fps:g}'
        )


class VideoFile:
    """A video file, played at the wanted rate, over and over."""

    def __init__(self, path: Path, config: CameraConfig) -> None:
        """Open a file.

        :raises CameraError: if OpenCV cannot decode it.
        """
        self._path = path
        self._capture = cv2.VideoCapture(str(path))
        self._pacer = Pacer(config.fps)
        if not self._capture.isOpened():
            raise CameraError(f'{path} is no video that OpenCV can decode; give another file')
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
        return _checked(str(self._path), image)

    def close(self) -> None:
        """Close the file."""
        self._capture.release()


def _checked(name: str, image: Any) -> Image:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise CameraError(
            f'{name} gives an image of shape {list(image.shape)}; expected [H, W, 3] BGR'
        )
    return image  # type: ignore[no-any-return]
