# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Thresholds for a wanted precision, and between known and unknown things."""

import numpy as np
import pytest

from rpi_classifier.training.thresholds import separate_unknown, suggest_threshold

SCORES = np.array([0.3, 0.9, 0.5, 0.7, 0.8])
RIGHT = np.array([False, True, False, True, True])


def test_lowest_threshold_that_is_precise_enough_is_suggested():
    found = suggest_threshold(SCORES, RIGHT, 1.0)
    assert 0.5 < found.value <= 0.7
    assert (found.kept.right, found.kept.photos, found.photos) == (3, 3, 5)
    found = suggest_threshold(SCORES, RIGHT, 0.75)
    assert 0.3 < found.value <= 0.5
    assert (found.kept.right, found.kept.photos) == (3, 4)


def test_model_that_is_good_enough_needs_no_threshold():
    assert suggest_threshold(SCORES, RIGHT, 0.6).value == 0.0


def test_nothing_is_suggested_if_nothing_reaches_it():
    assert suggest_threshold(SCORES, np.zeros(5, bool), 0.5) is None
    assert suggest_threshold(np.array([0.9, 0.8]), np.array([False, True]), 0.9) is None
    assert suggest_threshold(np.array([]), np.array([], bool), 0.9) is None


def test_equal_scores_are_kept_or_dropped_together():
    scores, right = np.array([0.8, 0.8, 0.8]), np.array([True, True, False])
    assert suggest_threshold(scores, right, 0.9) is None
    assert suggest_threshold(scores, right, 0.6).kept.photos == 3


@pytest.mark.parametrize('precision', [0.5, 0.7, 0.9, 0.95])
def test_threshold_divides_the_photos_as_it_says(precision):
    chance = np.random.default_rng(1)
    scores = chance.random(300).astype(np.float32)
    right = chance.random(300) < scores
    found = suggest_threshold(scores, right, precision)
    kept = scores >= found.value
    assert (kept.sum(), right[kept].sum()) == (found.kept.photos, found.kept.right)
    assert found.kept.value >= precision


def test_scores_that_nearly_touch_are_still_divided():
    scores = np.array([0.50001, 0.50002])
    found = suggest_threshold(scores, np.array([False, True]), 1.0)
    assert 0.50001 < found.value <= 0.50002


def test_unknown_things_are_divided_from_known_ones():
    known, unknown = np.array([0.9, 0.8, 0.7, 0.35]), np.array([0.2, 0.3, 0.4])
    assert 0.4 < separate_unknown(known, unknown) <= 0.7
