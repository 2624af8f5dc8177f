# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Features of photos: which are read, in which order, and how little of them is kept."""

from __future__ import annotations

import os
import tracemalloc

import cv2
import numpy as np
import pytest
from support.own_classes import draw_classes

from rpi_classifier.errors import ConfigError
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.input_spec import Transform
from rpi_classifier.training.augment import view_of
from rpi_classifier.training.data_set import read_data_set
from rpi_classifier.training.features import Extractor, read_features
from rpi_classifier.training.labeled_photo import LabeledPhoto
from rpi_classifier.training.monitor import Monitor
from rpi_classifier.training.train_options import TrainOptions

SMALL = Transform(size=8, resize=9)
INPUTS = 8 * 8 * 3


def pixels_as_features():
    """Return an extractor that gives what it sees, which no network has to."""
    return Extractor(lambda image: image.ravel(), SMALL, INPUTS, 1.0, 0)


def read(photos, views=2, **monitor):
    options = TrainOptions(views=views)
    return read_features(pixels_as_features(), photos, options, Monitor(**monitor), str)


def test_features_are_those_of_the_photo_and_its_views(tmp_path):
    data = read_data_set(draw_classes(tmp_path, 3), held_out=0)
    found = read(data.train)
    assert found.steps.shape == (6, 3, INPUTS)
    last = read_image_file(data.train[-1].path)
    for number in range(3):
        expected = view_of(last, SMALL, number, seed=0, photo=5).ravel()
        assert np.array_equal(found.steps[-1, number], expected)


def test_classes_come_in_turn_so_that_all_have_photos_when_it_is_stopped(tmp_path):
    data = read_data_set(draw_classes(tmp_path, 5, ('blue', 'green', 'red')), held_out=0)
    asked = iter([False] * 7 + [True])
    found = read(data.train, stopped=lambda: next(asked))
    assert found.labels.tolist() == [0, 1, 2, 0, 1, 2, 0]


def test_damaged_photos_are_told_and_left_out(tmp_path):
    draw_classes(tmp_path, 3)
    (tmp_path / 'red' / '001.png').write_bytes(b'not a photo')
    whole = (tmp_path / 'red' / '002.png').read_bytes()
    (tmp_path / 'red' / '002.png').write_bytes(whole[: len(whole) // 2])
    told = []
    found = read(read_data_set(tmp_path, held_out=0).train, tell=told.append)
    assert found.labels.tolist() == [0, 1, 0, 0]
    [sentence] = told
    for part in ('left out', '001.png', '002.png'):
        assert part in sentence


def test_memory_holds_features_and_never_many_photos(tmp_path):
    (tmp_path / 'blue').mkdir()
    photo = tmp_path / 'blue' / '0000.jpg'
    cv2.imwrite(str(photo), np.zeros((240, 320, 3), np.uint8))
    for number in range(1, 1000):
        os.link(photo, photo.with_name(f'{number:04d}.jpg'))
    photos = [LabeledPhoto(path, 0) for path in sorted(photo.parent.iterdir())]
    held = []

    def run(image):
        held.append(tracemalloc.get_traced_memory()[0])
        return image.ravel()

    extractor, options = Extractor(run, SMALL, INPUTS, 1.0, 0), TrainOptions(views=0)
    tracemalloc.start()
    found = read_features(extractor, photos, options, Monitor(), str)
    tracemalloc.stop()
    assert found.steps.nbytes == 1000 * INPUTS
    assert max(held) < found.steps.nbytes + 8 * 240 * 320 * 3  # of 1000 decoded photos


def test_more_features_than_memory_should_hold_are_refused(tmp_path):
    photo = LabeledPhoto(tmp_path / 'a.png', 0)
    with pytest.raises(ConfigError, match=r'views: 64 .* 100000 photos .* at most'):
        read([photo] * 100_000, views=64)
