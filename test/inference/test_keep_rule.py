# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which results are worth keeping, by score, by change of class, and by time."""

import pytest

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.inference.keep_rule import KeepRule

SECOND_NS = 10**9
UNSURE = ClassifierConfig(keep='unsure', keep_folder='kept', keep_low=0.2, keep_high=0.6)
EVERY = ClassifierConfig(keep='every', keep_folder='kept', keep_seconds=5.0)


def reasons(config, *results):
    """Return what a rule says of results (second, class, score), without what it leaves out."""
    rule = KeepRule()
    said = [
        (second, rule.choose(best, score, round(second * SECOND_NS), config))
        for second, best, score in results
    ]
    return [(second, reason) for second, reason in said if reason]


@pytest.mark.parametrize(
    ('score', 'reason'),
    [(0.1999, ''), (0.2, 'unsure'), (0.4, 'unsure'), (0.6, 'unsure'), (0.6001, ''), (1.0, '')],
)
def test_a_score_between_the_bounds_is_unsure(score, reason):
    assert KeepRule().choose(7, score, 0, UNSURE) == reason


def test_a_change_of_class_counts_at_any_score_but_the_first_result_changes_nothing():
    results = (0, 1, 0.9), (0.1, 1, 0.9), (0.2, 2, 0.9), (2, 2, 0.9), (3, 0, 0.05)
    assert reasons(UNSURE, *results) == [(0.2, 'change'), (3, 'change')]


def test_class_0_is_a_class():
    assert reasons(UNSURE, (0, 0, 0.9), (2, 1, 0.9)) == [(2, 'change')]


def test_at_most_one_a_second_is_unsure():
    flicker = [(0.1 * tenth, tenth % 2, 0.5) for tenth in range(25)]
    assert [second for second, _ in reasons(UNSURE, *flicker)] == [0.0, 1.0, 2.0]


def test_every_keeps_the_first_and_then_one_per_interval_at_any_score():
    steady = [(0.5 * half, 3, 0.99) for half in range(23)]
    assert reasons(EVERY, *steady) == [(0.0, 'every'), (5.0, 'every'), (10.0, 'every')]


def test_parameters_may_change_between_results():
    rule = KeepRule()
    assert rule.choose(1, 0.9, 0, EVERY) == 'every'
    assert rule.choose(1, 0.5, 2 * SECOND_NS, EVERY) == ''
    assert rule.choose(1, 0.5, 2 * SECOND_NS, UNSURE) == 'unsure'


def test_another_model_changes_no_class_but_waits_its_second():
    rule = KeepRule()
    assert rule.choose(1, 0.5, 0, UNSURE) == 'unsure'
    rule.forget_class()
    assert rule.choose(2, 0.5, SECOND_NS // 2, UNSURE) == ''
    rule.forget_class()
    assert rule.choose(0, 0.9, 2 * SECOND_NS, UNSURE) == ''
