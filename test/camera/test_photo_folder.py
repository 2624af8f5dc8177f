# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A folder of photos as a camera."""

import pytest

from rpi_classifier.camera import files
from rpi_classifier.camera.open import open_source
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError


def colours(frames):
    return [int(frame.image[0, 0].argmax()) for frame in frames]


def test_folder_shows_its_photos_in_order_over_and_over(photo_folder):
    source = open_source(CameraConfig(device=str(photo_folder), fps=1000, photo_seconds=0))
    assert colours(source.read() for _ in range(7)) == [0, 1, 2, 0, 1, 2, 0]


def test_folder_holds_each_photo_for_a_while(photo_folder, monkeypatch):
    now = [5_000_000_000]
    monkeypatch.setattr(files.time, 'monotonic_ns', lambda: now[0])
    source = open_source(CameraConfig(device=str(photo_folder), fps=1000, photo_seconds=1.0))
    seen = []
    for _ in range(8):
        seen.append(source.read())
        now[0] += 400_000_000
    assert colours(seen) == [0, 0, 0, 1, 1, 2, 2, 2]


def test_folder_without_photos_is_refused_by_its_path(tmp_path):
    with pytest.raises(CameraError, match=str(tmp_path)):
        open_source(CameraConfig(device=str(tmp_path)))


def test_damaged_photo_is_refused_by_its_path(photo_folder):
    (photo_folder / 'broken.jpg').write_bytes(b'\xff\xd8 cut off')
    with pytest.raises(CameraError, match='broken.jpg'):
        open_source(CameraConfig(device=str(photo_folder)))
