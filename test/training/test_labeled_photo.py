# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A labelled photo, and the part of it that a network sees."""

import cv2
import numpy as np
import pytest

from rpi_classifier.errors import ImageError
from rpi_classifier.training.labeled_photo import LabeledPhoto, limit_to_region


@pytest.fixture
def photo(tmp_path):
    """Return a photo of 6x4 pixels, whose right half is white."""
    pixels = np.zeros((4, 6, 3), np.uint8)
    pixels[:, 3:] = 255
    cv2.imwrite(str(tmp_path / 'a.png'), pixels)
    return LabeledPhoto(tmp_path / 'a.png', 0)


def test_without_a_region_all_of_it_is_read(photo):
    assert photo.read().shape == (4, 6, 3)


def test_region_is_what_is_read(photo):
    (right,) = limit_to_region([photo], '0.5 0 0.5 1')
    assert right.read().shape == (4, 3, 3)
    assert (right.read() == 255).all()


def test_region_that_does_not_fit_is_told_with_the_name_of_the_photo(photo):
    (small,) = limit_to_region([photo], '0 0 8 2')
    with pytest.raises(ImageError, match=r'a\.png: region: 0 0 8 2 does not fit into an image'):
        small.read()
