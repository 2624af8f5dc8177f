# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Shares with intervals, the confusion matrix and scores per class, against counts by hand."""

import numpy as np
import pytest

from rpi_classifier.training.accuracy import class_scores, confusion_matrix, Share

TRUTH = [0, 0, 0, 1, 1, 2, 2, 2]
GUESS = [0, 0, 1, 1, 1, 0, 2, 1]


def test_confusion_by_hand():
    assert confusion_matrix(TRUTH, GUESS, 4).tolist() == [
        [2, 1, 0, 0],
        [0, 2, 0, 0],
        [1, 1, 1, 0],
        [0, 0, 0, 0],
    ]


def test_scores_per_class_by_hand():
    cup, ball, dog, none = class_scores(
        confusion_matrix(TRUTH, GUESS, 4), ['cup', 'ball', 'dog', 'none']
    )
    assert (cup.photos, cup.guessed, cup.right) == (3, 3, 2)
    assert (ball.precision, ball.recall) == (2 / 4, 1.0)
    assert ball.f1 == pytest.approx(2 * 0.5 * 1 / 1.5)
    assert (dog.precision, dog.recall, dog.f1) == (1.0, 1 / 3, 0.5)
    assert np.isnan([none.precision, none.recall, none.f1]).all()


@pytest.mark.parametrize(
    ('right', 'photos', 'low', 'high'),
    [(14, 15, 0.7018, 0.9881), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_interval_is_wilsons(right, photos, low, high):
    assert Share(right, photos).interval == pytest.approx((low, high), abs=1e-4)


def test_share_is_a_phrase_with_its_counts():
    assert str(Share(14, 15)) == '93.3 %, 14 of 15 photos (95 % interval 70.2 to 98.8 %)'
