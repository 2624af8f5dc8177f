# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Video files, and sources that cannot be opened; test/vm has devices."""

import cv2
import numpy as np
import pytest

from rpi_classifier.camera.open import open_source
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError


@pytest.fixture
def video(tmp_path):
    """Return a video file of three grey frames: dark, medium, bright."""
    path = tmp_path / 'grey.avi'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'MJPG'), 10, (64, 48))
    for value in (0, 120, 240):
        writer.write(np.full((48, 64, 3), value, np.uint8))
    writer.release()
    return path


def test_video_file_plays_over_and_over(video):
    source = open_source(CameraConfig(device=str(video), fps=1000))
    greys = [int(source.read().image.mean()) for _ in range(7)]
    source.close()
    assert greys == pytest.approx([0, 120, 240, 0, 120, 240, 0], abs=3)


def test_file_that_is_not_a_video_is_refused_by_its_path(tmp_path):
    path = tmp_path / 'notes.avi'
    path.write_text('no video')
    with pytest.raises(CameraError, match='notes.avi'):
        open_source(CameraConfig(device=str(path)))


@pytest.mark.parametrize('device', ['/dev/video_that_is_not_there', '9876', '/nowhere/photos'])
def test_missing_device_is_refused_by_its_path(device):
    with pytest.raises(CameraError, match=f'{device} does not exist'):
        open_source(CameraConfig(device=device))


def test_a_device_that_is_not_a_camera_is_refused_by_its_path():
    with pytest.raises(CameraError, match='/dev/null'):
        open_source(CameraConfig(device='/dev/null'))
