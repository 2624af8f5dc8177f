# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Reliability, the expected calibration error, and the temperature, on numbers made for it."""

import numpy as np
import pytest

from rpi_classifier.training.calibration import (
    cross_fitted,
    expected_calibration_error,
    fit_temperature,
    LEAST_PHOTOS,
    log_probabilities,
    negative_log_likelihood,
    reliability,
    scale_logits,
)


def drawn(photos, classes=6, *, seed=0):
    """Return calibrated logits and classes that were drawn by them."""
    chance = np.random.default_rng(seed)
    logits = 2.5 * chance.normal(size=(photos, classes))
    labels = [chance.choice(classes, p=row) for row in scale_logits(logits, 1.0)]
    return logits, np.array(labels)


def test_reliability_by_hand():
    scores = np.array([0.55, 0.6, 0.9, 1.0, 0.0])
    right = np.array([True, False, True, True, False])
    bins = reliability(scores, right, bins=5)
    assert [one.photos for one in bins] == [1, 0, 2, 0, 2]
    assert [(one.low, one.high) for one in bins][2] == (0.4, 0.6)
    assert bins[2].mean_score == pytest.approx(0.575)
    assert bins[2].accuracy == 0.5
    assert np.isnan(bins[1].accuracy)
    assert np.isnan(bins[1].mean_score)


def test_calibration_error_by_hand():
    scores = np.array([0.55, 0.6, 0.9, 1.0, 0.0])
    right = np.array([True, False, True, True, False])
    # One photo: 0 off; two: 0.575 - 0.5; two: 1 - 0.95.
    by_hand = (1 * 0 + 2 * 0.075 + 2 * 0.05) / 5
    assert expected_calibration_error(scores, right, bins=5) == pytest.approx(by_hand)


def test_calibration_error_of_nothing_is_not_a_number():
    assert np.isnan(expected_calibration_error(np.array([]), np.array([], bool)))


@pytest.mark.parametrize('true', [0.5, 1.0, 2.0, 5.0])
def test_temperature_of_logits_that_were_multiplied_is_found(true):
    logits, labels = drawn(3000)
    assert fit_temperature(logits * true, labels) == pytest.approx(true, rel=0.07)


def test_numbers_added_to_all_logits_of_a_photo_do_not_matter():
    logits, labels = drawn(200)
    moved = logits + 100 * np.arange(len(logits))[:, None]
    assert fit_temperature(moved, labels) == pytest.approx(fit_temperature(logits, labels))


def test_logarithms_of_probabilities_are_as_good_as_logits():
    logits, labels = drawn(200)
    logs = log_probabilities(scale_logits(3 * logits, 1.0))
    assert fit_temperature(logs, labels) == pytest.approx(fit_temperature(3 * logits, labels))


def test_probabilities_that_are_zero_have_finite_logarithms():
    assert np.isfinite(log_probabilities(np.array([[1.0, 0.0]], np.float32))).all()


def test_few_photos_keep_the_temperature_at_1():
    logits, labels = drawn(LEAST_PHOTOS)
    assert fit_temperature(3 * logits[:-1], labels[:-1]) == 1.0
    assert fit_temperature(3 * logits, labels) > 1.5


def test_photos_that_are_all_right_do_not_ask_for_certainty():
    logits = np.zeros((50, 3))
    logits[:, 1] = 8.0
    labels = np.ones(50, int)
    scores = scale_logits(logits, fit_temperature(logits, labels))[:, 1]
    assert scores == pytest.approx(50 / 51, abs=1e-4)  # the rule of succession


def test_photos_that_are_all_wrong_give_a_temperature_in_range():
    logits = np.zeros((60, 3))
    logits[:, 1] = 8.0
    assert 1 < fit_temperature(logits, np.zeros(60, int)) <= 20


def test_one_class_gives_a_temperature_in_range():
    assert 0.05 <= fit_temperature(np.ones((60, 1)), np.zeros(60, int)) <= 20


def test_cross_fitted_probabilities_do_not_know_their_own_photos():
    logits, labels = drawn(100)
    fitted = cross_fitted(2 * logits, labels)
    assert fitted.sum(axis=1) == pytest.approx(np.ones(100))
    other = labels.copy()
    other[0] = (other[0] + 1) % 6
    changed = cross_fitted(2 * logits, other)
    assert np.array_equal(changed[0], fitted[0])  # of the fold whose labels changed
    assert not np.array_equal(changed[1], fitted[1])


def test_surprise_is_least_at_the_right_temperature():
    logits, labels = drawn(1000)
    at = {one: negative_log_likelihood(logits / one, labels) for one in (0.5, 1.0, 2.0)}
    assert at[1.0] < min(at[0.5], at[2.0])
    assert negative_log_likelihood(np.zeros((2, 4)), np.array([0, 3])) == pytest.approx(np.log(4))
