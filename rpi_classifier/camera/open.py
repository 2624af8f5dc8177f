# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Opening the source that the parameter ``device`` names; ``device_kinds`` says what it may be."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path

from rpi_classifier.camera.files import PhotoFolder, VideoFile
from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.source import Source
from rpi_classifier.camera.v4l2 import Capability
from rpi_classifier.camera.v4l2_camera import V4L2Camera
from rpi_classifier.clock import Clock
from rpi_classifier.config import CameraConfig
from rpi_classifier.photos import SUFFIXES


def open_source(
    config: CameraConfig,
    known: Capability | None = None,
    interrupt: Interrupt | None = None,
    clock: Clock | None = None,
    warn: Callable[[str], None] = lambda message: None,
) -> Source:
    """
    Open the source that ``config.device`` names.

    :param known: the identity of the camera when it was open before; if it is no longer at its
        path, it is searched for under other numbers.
    :param interrupt: ends a read from another thread.
    :param clock: the clock for ``Frame.stamp_ns``; None: the clock of the system.
    :param warn: is told of damaged photos and frames of a video, which are skipped.
    :raises CameraError: if the source is missing or gives no images.
    """
    interrupt = interrupt or Interrupt()
    kind = source_kind(config.device)
    if kind == 'photos':
        return PhotoFolder(config, interrupt, clock, warn)
    if kind == 'video':
        return VideoFile(config, interrupt, clock, warn)
    return V4L2Camera(config, known, interrupt, clock)


def source_kind(device: str) -> str:
    """Return what a device is: ``photos`` (a folder or one), ``video``, or else ``camera``."""
    is_file = os.path.isfile(device)
    if os.path.isdir(device) or (is_file and Path(device).suffix.lower() in SUFFIXES):
        return 'photos'
    return 'video' if is_file else 'camera'
