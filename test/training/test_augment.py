# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Augmented views: the same in every run, different from each other, of what the model sees."""

from __future__ import annotations

import numpy as np
import pytest

from rpi_classifier.input_spec import Transform
from rpi_classifier.runtime.preprocess import fit
from rpi_classifier.training.augment import view_of

SMALL = Transform(size=32, resize=36)


def test_first_view_is_what_the_node_sees(image):
    assert np.array_equal(view_of(image, SMALL, 0, seed=3, photo=7), fit(image, SMALL))


def test_views_depend_on_seed_photo_and_number_only(image):
    def view(number=1, **changed):
        return view_of(image, SMALL, number, **{'seed': 0, 'photo': 0, **changed})

    assert np.array_equal(view(), view())
    for other in (view(2), view(seed=1), view(photo=1)):
        assert not np.array_equal(view(), other)


@pytest.mark.parametrize('shape', [(1, 1), (3, 500), (2000, 30), (36, 36)])
def test_views_of_any_photo_have_the_size_of_the_input(shape):
    photo = np.full((*shape, 3), 90, np.uint8)
    for number in range(5):
        view = view_of(photo, SMALL, number, seed=0, photo=0)
        assert view.shape == (32, 32, 3)
        assert view.dtype == np.uint8


def test_views_show_only_what_the_model_sees():
    photo = np.zeros((90, 200, 3), np.uint8)  # the model sees 80 x 80 pixels in the middle
    photo[5:85, 60:140] = 128
    views = [view_of(photo, SMALL, number, seed=0, photo=0) for number in range(1, 30)]
    assert all(view.min() > 20 for view in views)


def test_mirroring_can_be_left_out_for_arrows_and_letters():
    photo = np.tile(np.arange(200, dtype=np.uint8)[None, :, None], (200, 1, 3))  # bright at right

    def turned(mirror):
        views = [
            view_of(photo, SMALL, number, seed=0, photo=0, mirror=mirror).astype(int)
            for number in range(1, 30)
        ]
        return sum(view[:, 0].sum() > view[:, -1].sum() for view in views)

    assert turned(mirror=False) == 0
    assert 5 < turned(mirror=True) < 25
