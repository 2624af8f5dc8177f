# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The mode that is requested, and the mode that the driver gives."""

import numpy as np
import pytest

from rpi_classifier.camera.open import open_source
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraUnsuitable


@pytest.fixture
def camera(device):
    """Return an opener of cameras that are closed at the end."""
    opened = []

    def start(**values):
        opened.append(open_source(CameraConfig(device=device, **values)))
        return opened[-1]

    yield start
    for source in opened:
        source.close()


def test_frames_are_bgr_with_a_size_and_with_content(camera):
    source = camera(fps=10.0)
    image = source.read().image
    assert (image.dtype, image.shape[2]) == (np.uint8, 3)
    assert min(image.shape[:2]) > 16
    height, width = image.shape[:2]
    assert f'{width}x{height}' in source.description
    assert image.std() > 0


def test_consecutive_frames_have_memory_of_their_own(camera):
    source = camera(fps=10.0)
    first = source.read().image
    before = first.copy()
    source.read()
    assert np.array_equal(first, before)


def test_exact_mode_is_no_difference_even_when_strict(vivid, camera):
    source = camera(width=640, height=360, fps=25.0, strict=True)
    assert source.read().image.shape == (360, 640, 3)
    assert source.description == 'vivid on /dev/video0: 640x360 YUYV at 25 fps'
    assert source.difference == ''


def test_other_size_and_rate_than_asked_for_are_told(vivid, camera):
    source = camera()
    assert source.read().image.shape == (180, 320, 3)
    assert source.difference == '320x180 instead of 224x224, 40 fps instead of 36'


def test_strict_refuses_what_was_not_asked_for_and_frees_the_device(vivid, camera):
    with pytest.raises(CameraUnsuitable, match='320x180 instead of 224x224, 40 fps instead of 36'):
        camera(strict=True)
    assert camera().read().image.shape == (180, 320, 3)


@pytest.mark.parametrize('pixel_format', ['UYVY', 'NV12', 'RGB3', 'GREY', 'BA81'])
def test_a_pixel_format_is_taken_where_the_driver_has_it(vivid, camera, pixel_format):
    source = camera(pixel_format=pixel_format, width=320, height=180, fps=25.0)
    assert source.read().image.shape == (180, 320, 3)
    assert source.difference == ''
    assert pixel_format in source.description


@pytest.mark.parametrize('pixel_format', ['MJPG', 'JPEG'])  # vivid has neither
def test_a_format_that_is_not_there_or_of_no_use_gives_another_and_is_told(
    vivid, camera, pixel_format
):
    source = camera(pixel_format=pixel_format, width=320, height=180, fps=25.0)
    assert source.read().image.shape == (180, 320, 3)
    assert source.difference == f'YUYV instead of {pixel_format}'


@pytest.mark.parametrize('name', ['0', 'vivid'])
def test_a_camera_is_opened_by_index_and_by_name(vivid, name):
    source = open_source(CameraConfig(device=name))
    source.close()
    assert source.device == '/dev/video0'
