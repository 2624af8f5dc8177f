# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Video files, photos and folders of photos, played as if they were a camera."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
import time
from typing import Any

import cv2

from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.pacer import Pacer
from rpi_classifier.camera.source import require_bgr, Source
from rpi_classifier.clock import Clock
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError, ImageError
from rpi_classifier.frame import Frame
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.input_spec import Image
from rpi_classifier.photos import find_photos

# OpenCV returns nothing for a damaged frame, as at the end of a file, and then goes on.
_MOST_DAMAGED = 16
_SLOWEST_HZ, _FASTEST_HZ = 0.1, 240.0  # of time lapses and slow motion
_SAME_MOMENT_S = 1e-3  # times are recorded in milliseconds, or as fractions of the rate
_KEPT_BYTES = 64 << 20  # of decoded photos: small ones are decoded once, large ones every time


class VideoFile(Source):
    """A video file that plays at the requested rate or its own, over and over."""

    def __init__(
        self,
        config: CameraConfig,
        interrupt: Interrupt,
        clock: Clock | None,
        warn: Callable[[str], None],
    ) -> None:
        """
        Open the file ``config.device``.

        :param warn: is told once that frames are damaged; these are skipped.
        :raises CameraError: if OpenCV cannot decode it.
        """
        super().__init__(config.frame_id, clock)
        self._path = str(Path(config.device))
        self._warn: Callable[[str], None] | None = warn
        self._capture = cv2.VideoCapture()
        if not self._open():
            raise CameraError(
                f'{self._path} is not a video that OpenCV can decode; give another file'
            )
        self.own_rate_hz = 0.0 if config.fps else self._recorded_hz()
        self.rate_hz = self.own_rate_hz or config.requested_hz
        self._pacer = Pacer(self.rate_hz, interrupt)
        self.description = f'{self._path}: video file at {round(self.rate_hz, 2):g} fps'

    def read(self) -> Frame:
        """
        Wait until the next frame is due and return it.

        :raises CameraError: if no frame can be decoded.
        """
        self._pacer.wait()
        image = self._next_image()
        if image is None:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            image = self._next_image()
        if image is None and self._open():  # it cannot go back, a stream
            image = self._next_image()
        if image is None:
            raise self._undecodable()
        require_bgr(self._path, image)
        return self._make_frame(image, time.monotonic_ns())

    def samples(self, every_s: float) -> Iterator[Image]:
        """
        Yield images that lie so many seconds of the video apart: once, and without waiting.

        :returns: [H, W, 3] uint8 BGR each.
        :raises CameraError: if no frame can be decoded.
        """
        due_s, damaged, read, found = 0.0, 0, 0, False
        while damaged <= _MOST_DAMAGED:
            if not self._capture.grab():
                damaged += 1
                continue
            at_s, read = self._position_s(read), read + 1
            self._warn_of(damaged)
            damaged = 0
            if at_s < due_s - _SAME_MOMENT_S:
                continue
            image: Any
            good, image = self._capture.retrieve()
            if good:
                require_bgr(self._path, image)
                due_s = due_s + every_s if at_s < due_s + every_s else at_s + every_s
                found = True
                yield image
        if not found:
            raise self._undecodable()

    def close(self) -> None:
        """Close the file."""
        self._capture.release()

    def _position_s(self, read: int) -> float:
        """Return when a frame is due in the video, which may have no rate; or by their number."""
        recorded_s = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1e3
        return recorded_s if recorded_s > 0 else read / self.rate_hz

    def _open(self) -> bool:
        opened = self._capture.open(self._path)
        # Phones write how they were held into the file. OpenCV's default depends on its version.
        self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        return opened

    def _recorded_hz(self) -> float:
        """Return the rate that the file names; 0 if it names none, or one that cannot be true."""
        rate_hz = self._capture.get(cv2.CAP_PROP_FPS)
        return rate_hz if _SLOWEST_HZ <= rate_hz <= _FASTEST_HZ else 0.0

    def _next_image(self) -> Any:
        """Return the next image; None at the end of the file."""
        for damaged in range(_MOST_DAMAGED + 1):
            good, image = self._capture.read()
            if good:
                self._warn_of(damaged)
                return image
        return None

    def _warn_of(self, damaged: int) -> None:
        if damaged and self._warn:
            self._warn(f'{self._path} has damaged frames; they are skipped')
            self._warn = None

    def _undecodable(self) -> CameraError:
        return CameraError(f'{self._path} has no frame that OpenCV can decode; give another file')


class PhotoFolder(Source):
    """
    The photos of a folder in the order of their names, over and over, at a camera's rate.

    A photo is decoded when its turn comes, so memory does not grow with the folder. A single
    photo counts as a folder of one.
    """

    def __init__(
        self,
        config: CameraConfig,
        interrupt: Interrupt,
        clock: Clock | None,
        warn: Callable[[str], None],
    ) -> None:
        """
        Find the photos of ``config.device``.

        :param warn: is told of each photo that cannot be decoded; it is skipped from then on.
        :raises CameraError: if there are no photos.
        """
        super().__init__(config.frame_id, clock)
        self._path = Path(config.device)
        self._warn = warn
        try:
            self._files = find_photos([self._path])
        except ImageError as error:
            raise CameraError(str(error)) from error
        self._kept: OrderedDict[Path, Image] = OrderedDict()
        self.rate_hz = config.requested_hz
        self._pacer = Pacer(self.rate_hz, interrupt)
        self._hold_ns = int(config.photo_seconds * 1e9)
        self._start_ns = 0
        self._next = 0
        self.description = f'{self._path}: {len(self._files)} photos at {self.rate_hz:g} fps'

    def read(self) -> Frame:
        """
        Wait until the next frame is due and return it.

        :raises CameraError: if no photo of the folder can be decoded.
        """
        self._pacer.wait()
        now_ns = time.monotonic_ns()
        self._start_ns = self._start_ns or now_ns
        if self._hold_ns:
            index = (now_ns - self._start_ns) // self._hold_ns
        else:
            index = self._next
            self._next += 1
        image = self._image(index)
        return self._make_frame(image, time.monotonic_ns())

    def _image(self, index: int) -> Image:
        while self._files:
            file = self._files[index % len(self._files)]
            if file in self._kept:
                return self._kept[file]
            try:
                image = read_image_file(file)
            except ImageError as error:
                self._warn(f'{error} (skipped)')
                self._files.remove(file)
            else:
                self._keep(file, image)
                return image
        raise CameraError(f'{self._path} has no photo that can be decoded; see the warnings above')

    def _keep(self, file: Path, image: Image) -> None:
        self._kept[file] = image
        while len(self._kept) > 1 and _nbytes(self._kept.values()) > _KEPT_BYTES:
            self._kept.popitem(last=False)


def _nbytes(images: Iterable[Image]) -> int:
    return sum(image.nbytes for image in images)
