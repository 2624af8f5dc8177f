# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Pictures to collect: from a camera as time passes, from a video or photos as they lie there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from rpi_classifier.camera.capture_thread import CaptureThread
from rpi_classifier.camera.files import VideoFile
from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.open import open_source
from rpi_classifier.camera.reopen import Reopener
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError, ImageError, NothingCame
from rpi_classifier.frame import Frame
from rpi_classifier.images.picture import Picture, read_picture
from rpi_classifier.latest import Closed, Latest
from rpi_classifier.photos import find_photos

_SETTLING_S = 1.0  # a camera finds its exposure


def camera_pictures(
    config: CameraConfig, every_s: float, wait_s: float, tell: Callable[[str], None]
) -> Iterator[Picture]:
    """
    Yield a picture of a camera every so many seconds, without an end.

    A camera that fails after its first image is opened again, as the camera node does.

    :param wait_s: longest wait for an image, in seconds.
    :param tell: is told what streams and what fails.
    :raises CameraError: if the camera cannot be opened, or fails before its first image.
    :raises NothingCame: if no image comes in time.
    """
    images: Latest[Frame] = Latest()
    capture = _start_capture(config, images, tell)
    due_ns = 0
    try:
        while True:
            frame = _next_frame(capture, images, config.device, wait_s)
            due_ns = due_ns or frame.taken_ns + int(min(every_s, _SETTLING_S) * 1e9)
            if frame.taken_ns >= due_ns:
                due_ns = max(due_ns + int(every_s * 1e9), frame.taken_ns)
                yield Picture(frame.image)
    finally:
        capture.stop()


def _start_capture(
    config: CameraConfig, images: Latest[Frame], tell: Callable[[str], None]
) -> CaptureThread:
    def note_failure(reason: str) -> None:
        if capture.stats.frames:
            tell(reason)
        else:
            images.close(CameraError(reason))

    pauses_s = config.reopen_delay, config.reopen_delay_max
    capture = CaptureThread(
        Reopener(partial(open_source, config), pauses_s),
        on_streaming=lambda source: tell(source.description),
        on_failure=note_failure,
    )
    capture.attach(images)
    capture.start()
    return capture


def _next_frame(
    capture: CaptureThread, images: Latest[Frame], device: str, wait_s: float
) -> Frame:
    try:
        return images.get(wait_s)
    except TimeoutError as error:
        raise NothingCame(
            f'no image came from {device} within {wait_s:g} s: {capture.stats.message}'
        ) from error
    except Closed as closed:
        raise closed.__cause__ or closed from None


def video_pictures(path: str, every_s: float, tell: Callable[[str], None]) -> Iterator[Picture]:
    """
    Yield pictures of a video that lie so many seconds of it apart, as fast as they are decoded.

    :param tell: is told what the video is, and that some of its frames are damaged.
    :raises CameraError: if OpenCV cannot decode it.
    """
    with closing(VideoFile(CameraConfig(device=path), Interrupt(), None, tell)) as video:
        tell(video.description)
        for image in video.samples(every_s):
            yield Picture(image)


def photo_pictures(path: Path, tell: Callable[[str], None]) -> Iterator[Picture]:
    """
    Yield the photos of a folder in the order of their names, or a single one, each once.

    :param tell: is told of each photo that cannot be decoded; it is left out.
    :raises ImageError: if there is no photo.
    """
    for file in find_photos([path]):
        try:
            picture = read_picture(file)
        except ImageError as error:
            tell(f'{error} (left out)')
            continue
        yield picture
