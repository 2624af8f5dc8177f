# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The pictures on which classes are compared."""

import importlib.util

import cv2
import numpy as np
import pytest

from rpi_classifier import photos
from rpi_classifier.benchmark import pictures
from rpi_classifier.benchmark.pictures import calibration_photos, collect_pictures
from rpi_classifier.errors import ImageError


@pytest.fixture
def without_samples(monkeypatch):
    """Let scikit-image be not installed."""
    monkeypatch.setattr(photos.importlib.util, 'find_spec', lambda name: None)


def test_photos_are_used_where_they_lie(photo_folder, tmp_path):
    found = collect_pictures(str(photo_folder), tmp_path / 'pictures')
    assert (found.number, found.name) == (3, 'photos')
    first = min(found.folder.iterdir())
    assert first.resolve() == photo_folder / '1_blue.png'


def test_photo_that_cannot_be_read_is_refused_before_anything_is_measured(photo_folder, tmp_path):
    (photo_folder / '4.png').write_bytes(b'no photo')
    with pytest.raises(ImageError, match='4.png'):
        collect_pictures(str(photo_folder), tmp_path / 'pictures')


def test_of_many_photos_some_are_taken_evenly(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, '_MOST', 3)
    source = tmp_path / 'source'
    source.mkdir()
    for index in range(7):
        cv2.imwrite(str(source / f'{index}.png'), np.zeros((2, 2, 3), np.uint8))
    found = collect_pictures(str(source), tmp_path / 'pictures')
    names = [path.resolve().stem for path in sorted(found.folder.iterdir())]
    assert names == ['0', '2', '4']


@pytest.mark.skipif(not importlib.util.find_spec('skimage'), reason='scikit-image is missing')
def test_without_photos_crops_of_the_samples_are_taken(tmp_path):
    found = collect_pictures('', tmp_path / 'pictures')
    assert found.number == len(list(found.folder.iterdir())) > 50
    assert found.name == "crops of scikit-image's sample photos"
    assert calibration_photos('anything') == ()


def test_without_samples_noise_is_taken_and_named(without_samples, tmp_path):
    found = collect_pictures('', tmp_path / 'pictures')
    assert (found.number, found.name) == (64, 'pictures of noise')
    assert cv2.imread(str(min(found.folder.iterdir()))).shape == (224, 224, 3)


def test_an_export_sees_the_photos_only_where_there_are_no_samples(without_samples, tmp_path):
    assert calibration_photos(str(tmp_path)) == (tmp_path,)
    assert calibration_photos('') == ()
