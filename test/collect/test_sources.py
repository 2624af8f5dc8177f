# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Pictures of videos, photos and devices that are none; test/vm has a camera."""

from pathlib import Path

import numpy as np
import pytest
from support.scenes import scene, write_photos, write_video

from rpi_classifier.collect.sources import (
    camera_pictures,
    photo_pictures,
    video_pictures,
)
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError, ImageError


def test_a_video_gives_a_picture_per_interval_once_and_says_what_it_is(tmp_path):
    path, told = tmp_path / 'walk.avi', []
    write_video(path, [scene(number) for number in range(20)])
    images = [picture.image for picture in video_pictures(str(path), 0.5, told.append)]
    assert told == [f'{path}: video file at 10 fps']
    assert len(images) == 4
    for image, number in zip(images, (0, 5, 10, 15)):
        assert np.abs(image.astype(int) - scene(number)).mean() < 12


def test_photos_come_once_in_the_order_of_their_names_with_their_files(tmp_path):
    write_photos(tmp_path, [scene(1), scene(2)])
    (tmp_path / '001b.jpg').write_bytes(b'\xff\xd8 cut off')
    write_photos(tmp_path, [scene(3)], '.png')
    told = []
    pictures = list(photo_pictures(tmp_path, told.append))
    assert [picture.jpeg is None for picture in pictures] == [False, True, False]
    assert pictures[0].jpeg == (tmp_path / '000.jpg').read_bytes()
    assert np.array_equal(pictures[1].image, scene(3))
    assert len(told) == 1
    assert '001b.jpg is cut off' in told[0]
    (single,) = photo_pictures(tmp_path / '001.jpg', told.append)
    assert single.jpeg == (tmp_path / '001.jpg').read_bytes()


def test_a_folder_without_photos_is_an_error(tmp_path):
    with pytest.raises(ImageError, match='has no photo'):
        list(photo_pictures(tmp_path, print))


@pytest.mark.parametrize('device', ['/dev/null', '/dev/video99', 'rtsp://camera/stream', ''])
def test_a_device_that_is_no_camera_is_an_error_at_once(device):
    with pytest.raises(CameraError, match=Path(device).name or 'is empty'):
        next(camera_pictures(CameraConfig(device=device), 0.1, 3600.0, print))
