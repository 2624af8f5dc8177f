# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Opening what the parameter ``device`` names."""

from __future__ import annotations

from pathlib import Path

from rpi_classifier.camera import v4l2
from rpi_classifier.camera.files import PhotoFolder, VideoFile
from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.source import Source
from rpi_classifier.camera.v4l2_camera import Camera
from rpi_classifier.config import CameraConfig


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
    interrupt = interrupt or Interrupt()
    path = Path(config.device)
    if path.is_dir():
        return PhotoFolder(path, config, interrupt)
    if path.is_file():
        return VideoFile(path, config, interrupt)
    return Camera(config, known, interrupt)
