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
from typing import Any

import cv2
import numpy as np

from rpi_classifier.camera import v4l2
from rpi_classifier.camera.devices import inspect, locate, why_not, why_stopped
from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.negotiation import candidates, difference, Mode, USABLE
from rpi_classifier.camera.pacer import Pacer
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError, CameraUnsuitable
from rpi_classifier.runtime.preprocess import Image

_OLDEST_STAMP_NS, _NEWEST_STAMP_NS = 10_000_000_000, 1_000_000_000


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


def open_source(
    config: CameraConfig,
    known: v4l2.Capability | None = None,
    interrupt: Interrupt | None = None,
) -> Source:
    """
    Open what ``config.device`` names.

    :param known: what the device was when it was open before; it is then looked for under other
        numbers if it is not there.
    :param interrupt: ends a read from another thread.
    :raises CameraError: if it is not there or is no source of images.
    """
    from rpi_classifier.photos import PhotoFolder

    interrupt = interrupt or Interrupt()
    path = Path(config.device)
    if path.is_dir():
        return PhotoFolder(path, config, interrupt)
    if path.is_file():
        return VideoFile(path, config, interrupt)
    return Camera(config, known, interrupt)


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
        self.device = locate(config.device, known)
        self.known = inspect(self.device)
        self._interrupt.watch(self.device)
        self._capture = cv2.VideoCapture(self.device, cv2.CAP_V4L2)
        try:
            if not self._capture.isOpened():
                raise why_not(self.device)
            self._negotiate(config)
        except BaseException:
            self.close()
            raise

    def read(self) -> Image:
        """Wait for the next image and return it, [H, W, 3] uint8 BGR."""
        image = self._read()
        _require_bgr(self.device, image)
        return image  # type: ignore[no-any-return]

    def close(self) -> None:
        """Free the device."""
        self._capture.release()

    def _read(self) -> Any:
        good, image = (False, None) if self._interrupt.is_set() else self._capture.read()
        now_ns = time.monotonic_ns()
        if not good:
            on_purpose = CameraError(f'reading {self.device} was interrupted')
            raise on_purpose if self._interrupt.is_set() else why_stopped(self.device)
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
        wanted = Mode(config.pixel_format, config.width, config.height, config.fps)
        offered = v4l2.formats(self.device, USABLE)
        # One buffer where the driver can, so that no old frame waits; it must come first, or
        # OpenCV asks for the buffers anew.
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        names = candidates(wanted, offered)
        for name in names:
            given = self._ask(name, wanted)
            if given:
                break
        else:
            raise CameraUnsuitable(
                f'camera {self.device} gives no image that OpenCV turns into BGR; tried '
                f'{" ".join(names) or "nothing"}, it offers '
                f'{" ".join(item.fourcc for item in offered) or "nothing"}, usable are '
                f'{" ".join(USABLE)}'
            )
        self.difference = difference(wanted, given)
        self.rate_hz = given.rate_hz
        if config.strict and self.difference:
            raise CameraUnsuitable(
                f'camera {self.device} gives {self.difference}; ask for what it has, which the '
                'command camera_info shows, or set strict: false'
            )
        assert self.known is not None
        self.description = f'{self.known.card} on {self.device}: {given}'

    def _ask(self, fourcc: str, wanted: Mode) -> Mode | None:
        """Ask for a mode, try it, and return what was given; None if that is of no use."""
        capture = self._capture
        # The format first, the rate last: a driver chooses sizes by format and rates by size.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*fourcc))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, wanted.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, wanted.height)
        capture.set(cv2.CAP_PROP_FPS, wanted.rate_hz)
        # OpenCV says True to everything and takes its own choice where a format is not offered.
        if int(capture.get(cv2.CAP_PROP_FOURCC)) != cv2.VideoWriter.fourcc(*fourcc):
            return None
        image = self._read()
        if not _is_bgr(image):
            return None
        return Mode(
            fourcc, image.shape[1], image.shape[0], round(capture.get(cv2.CAP_PROP_FPS), 3)
        )


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
        _require_bgr(str(self._path), image)
        self.taken_ns = time.monotonic_ns()
        return image  # type: ignore[return-value]

    def close(self) -> None:
        """Close the file."""
        self._capture.release()


def _is_bgr(image: Any) -> bool:
    return bool(image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3)


def _require_bgr(name: str, image: Any) -> None:
    if not _is_bgr(image):
        raise CameraUnsuitable(
            f'{name} gives an image of shape {list(image.shape)}; expected [H, W, 3] BGR'
        )
