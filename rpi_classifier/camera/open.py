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
