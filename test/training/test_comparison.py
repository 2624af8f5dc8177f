# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Two models on the same photos."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rpi_classifier.training.comparison import compare_predictions, sign_test
from rpi_classifier.training.predictions import Predictions


def predictions(labels, truth, guesses):
    names = [Path(f'{index}.jpg') for index in range(len(truth))]
    rows = np.full((len(truth), len(labels)), 0.1, np.float32)
    rows[np.arange(len(truth)), guesses] = 0.7
    return Predictions(labels, tuple(names), np.array(truth), rows)


def test_photos_that_change_are_found_by_name_of_class():
    ours = predictions(('cup', 'dog'), [0, 0, 1, 1], [0, 1, 1, 0])
    theirs = predictions(('dog', 'cup'), [1, 1, 0, 0], [0, 1, 0, 1])
    found = compare_predictions(ours, theirs)
    assert [(one.path.name, one.truth, one.ours, one.theirs) for one in found.changes] == [
        ('0.jpg', 'cup', 'cup', 'dog'),
        ('1.jpg', 'cup', 'dog', 'cup'),
    ]
    assert (found.better, found.worse) == (1, 1)
    assert (found.ours.right, found.theirs.right, found.ours.photos) == (2, 2, 4)


def test_only_photos_of_both_are_compared():
    ours = predictions(('cup', 'dog'), [0, 0, 1], [0, 0, 1])
    theirs = predictions(('cup', 'dog'), [0, 0], [0, 1])
    assert compare_predictions(ours, theirs).ours.photos == 2


def test_photos_that_only_the_other_model_could_not_take_are_kept():
    ours, theirs = (
        replace(predictions(('cup', 'dog'), [0], [0]), unreadable=unreadable)
        for unreadable in (('a.jpg: damaged',), ('a.jpg: damaged', 'b.jpg: too small'))
    )
    assert compare_predictions(ours, theirs).unreadable == ('b.jpg: too small',)


@pytest.mark.parametrize(
    ('better', 'worse', 'p'),
    [(0, 0, 1.0), (3, 3, 1.0), (0, 4, 0.125), (4, 0, 0.125), (1, 7, 18 / 256), (0, 1, 1.0)],
)
def test_p_value_is_the_exact_sign_tests(better, worse, p):
    assert sign_test(better, worse) == pytest.approx(p)


def test_thousands_of_changes_are_counted_exactly():
    assert sign_test(2000, 2000) == 1.0
    assert 0 < sign_test(1900, 2100) < 0.002
