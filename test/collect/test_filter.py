# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which pictures are near-duplicates, and which are blurred."""

import cv2
import numpy as np
import pytest
from support.scenes import moved, noisy, scene, write_photos

from rpi_classifier.collect.filter import (
    BLURRED,
    NEAR_DUPLICATE,
    PhotoFilter,
    sharpness,
    shrink_picture,
)


def brighter(image):
    return np.clip(image.astype(int) + 10, 0, 255).astype(np.uint8)


def as_jpeg(image):
    return cv2.imdecode(cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], 1)


@pytest.mark.parametrize('change', [lambda image: image, noisy, brighter, as_jpeg])
def test_the_same_view_is_a_near_duplicate_whatever_noise_light_and_jpeg_do(change):
    choice = PhotoFilter()
    assert choice.judge(scene(1)) == ''
    assert choice.judge(change(scene(1))) == NEAR_DUPLICATE


def test_a_turned_camera_another_scene_and_another_object_are_new():
    view = scene(1)
    with_object = view.copy()
    cv2.rectangle(with_object, (100, 80), (160, 140), (0, 0, 255), -1)
    choice = PhotoFilter()
    for image in (view, np.roll(view, 16, axis=1), scene(2), with_object):
        assert choice.judge(image) == ''


def test_a_view_that_comes_back_later_is_a_near_duplicate_also_of_hundreds():
    choice = PhotoFilter(blur=0)
    assert [choice.judge(scene(number)) for number in range(150)] == [''] * 150
    assert choice.judge(noisy(scene(3))) == NEAR_DUPLICATE
    assert choice.judge(noisy(scene(149))) == NEAR_DUPLICATE


def test_photos_on_the_disk_count_and_damaged_ones_are_counted(tmp_path):
    write_photos(tmp_path, [scene(1), scene(2)])
    (tmp_path / 'damaged.jpg').write_bytes(b'\xff\xd8')
    choice = PhotoFilter()
    assert choice.learn(sorted(tmp_path.iterdir())) == 1
    assert choice.judge(noisy(scene(2))) == NEAR_DUPLICATE
    assert choice.judge(scene(3)) == ''


def test_a_blurred_picture_among_sharp_ones_is_left_out_and_not_kept_in_mind():
    choice = PhotoFilter()
    for number in range(4):
        assert choice.judge(scene(number)) == ''
    assert choice.judge(moved(scene(5))) == BLURRED
    assert choice.judge(scene(5)) == ''


def test_pictures_that_are_all_soft_pass_after_a_few():
    choice = PhotoFilter()
    for number in range(10):
        choice.judge(scene(number))
    plain = [cv2.GaussianBlur(scene(number), (0, 0), 6) for number in range(20, 30)]
    judged = [choice.judge(image) for image in plain]
    assert judged[0] == BLURRED
    assert judged[5:] == [''] * 5


def test_pictures_without_any_texture_are_not_refused():
    choice = PhotoFilter(difference=0)
    assert [choice.judge(np.full((240, 320, 3), 90, np.uint8)) for _ in range(12)] == [''] * 12


def test_0_keeps_near_duplicates_and_blurred_pictures(tmp_path):
    choice = PhotoFilter(difference=0, blur=0)
    write_photos(tmp_path, [scene(1)])
    assert choice.learn(tmp_path.iterdir()) == 0
    images = [scene(1), scene(1), scene(1), scene(1), moved(scene(1))]
    assert [choice.judge(image) for image in images] == [''] * 5


@pytest.mark.parametrize('shape', [(1, 1), (1, 500), (3, 2), (2000, 30)])
def test_pictures_of_odd_shapes_are_judged(shape):
    image = np.full((*shape, 3), 7, np.uint8)
    assert PhotoFilter().judge(image) == ''
    assert shrink_picture(image).shape == (1728,)
    assert sharpness(image) == 0
