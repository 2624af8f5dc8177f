# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A folder of photos as a camera."""

import cv2
import numpy as np
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


def test_damaged_photo_is_told_once_and_skipped(photo_folder):
    (photo_folder / '2_broken.jpg').write_bytes(b'\xff\xd8 cut off')
    told = []
    config = CameraConfig(device=str(photo_folder), fps=1000, photo_seconds=0)
    source = open_source(config, warn=told.append)
    assert colours(source.read() for _ in range(7)) == [0, 1, 2, 0, 1, 2, 0]
    assert len(told) == 1
    assert '2_broken.jpg' in told[0]


def test_folder_of_damaged_photos_is_an_error(tmp_path):
    (tmp_path / 'broken.jpg').write_bytes(b'')
    source = open_source(CameraConfig(device=str(tmp_path), fps=1000))
    with pytest.raises(CameraError, match='no photo that can be decoded'):
        source.read()


def test_a_single_photo_is_a_source_of_equal_frames(photo_folder):
    source = open_source(CameraConfig(device=str(photo_folder / '3_red.png'), fps=1000))
    assert colours(source.read() for _ in range(3)) == [2, 2, 2]


def test_what_is_hidden_or_not_a_file_is_left_out(photo_folder):
    (photo_folder / '._1_blue.png').write_bytes(b'of a Mac')
    (photo_folder / 'album.jpg').mkdir()
    (photo_folder / 'gone.jpg').symlink_to('nowhere.jpg')
    source = open_source(CameraConfig(device=str(photo_folder), fps=1000, photo_seconds=0))
    assert colours(source.read() for _ in range(4)) == [0, 1, 2, 0]


def test_photos_in_sub_folders_only_are_pointed_out(photo_folder):
    with pytest.raises(CameraError, match='only in its sub-folders'):
        open_source(CameraConfig(device=str(photo_folder.parent), fps=1000))


def test_memory_holds_few_large_photos(tmp_path, monkeypatch):
    monkeypatch.setattr(files, '_KEPT_BYTES', 2 * 300 * 400 * 3)
    for index in range(6):
        cv2.imwrite(str(tmp_path / f'{index}.png'), np.full((300, 400, 3), index, np.uint8))
    source = open_source(CameraConfig(device=str(tmp_path), fps=1000, photo_seconds=0))
    assert [int(source.read().image[0, 0, 0]) for _ in range(8)] == [0, 1, 2, 3, 4, 5, 0, 1]
    assert len(source._kept) == 2
