# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Logits or probabilities: what networks that differ in their last operation answer."""

import numpy as np
import pytest

from rpi_classifier.errors import ModelError
from rpi_classifier.inference.classifier import to_probabilities
from rpi_classifier.models.output_kind import (
    detect_output_kind,
    resolve_output_kind,
)

SEEDS = range(300)


def softmax(rows):
    powers = np.exp(rows - rows.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def logistic(rows):
    return 0.5 + 0.5 * np.tanh(0.5 * rows)


def logits(seed, classes, images=2):
    """Return what a network of random weights, of any spread, answers: [images, classes]."""
    generator = np.random.default_rng(seed)
    features = np.maximum(generator.normal(size=(images, 16)), 0)
    spread = 10 ** generator.uniform(-3, 1.5)
    weights = generator.normal(size=(16, classes)) * spread / 4
    return features @ weights + generator.normal(size=classes) * spread / 4


def kind(rows, last_operation=''):
    return detect_output_kind(list(rows.astype(np.float32)), last_operation).kind


@pytest.mark.parametrize('classes', [1, 2, 3, 10, 1000])
def test_last_operation_decides_for_any_weights(classes):
    for seed in SEEDS:
        rows = logits(seed, classes)
        assert kind(rows, 'linear') == 'logits'
        assert kind(logistic(rows), 'sigmoid') == 'sigmoid'
        if classes > 1:
            assert kind(softmax(rows), 'softmax') == 'probabilities'


@pytest.mark.parametrize('classes', [10, 1000])
def test_answers_alone_decide_for_many_classes(classes):
    for seed in SEEDS:
        rows = logits(seed, classes)
        assert kind(rows) == 'logits'
        assert kind(softmax(rows)) == 'probabilities'
        assert kind(logistic(rows)) == 'sigmoid'


def test_more_answers_decide_for_few_classes():
    found = [kind(logits(seed, 2, images=8)) for seed in SEEDS]
    assert found.count('logits') / len(found) > 0.8


@pytest.mark.parametrize('dtype', [np.float16, np.float32])
def test_half_precision_still_sums_to_one(dtype):
    for seed in SEEDS:
        assert kind(softmax(logits(seed, 1000)).astype(dtype)) == 'probabilities'


@pytest.mark.parametrize(
    ('rows', 'last_operation', 'expected'),
    [
        ([[0.25] * 4] * 2, '', 'probabilities'),
        ([[0.25] * 4] * 2, 'linear', 'logits'),
        ([[1.0, 0.0], [0.0, 1.0]], '', 'probabilities'),
        ([[0.0] * 4] * 2, '', 'sigmoid'),
        ([[0.0] * 4] * 2, 'conv2d', 'logits'),
        ([[0.3, 0.4], [0.2, 0.9]], 'div', 'logits'),
        ([[0.3, 0.7], [0.2, 0.8]], 'div', 'probabilities'),
        ([[-0.5, -1.2], [-0.1, -2.5]], 'log_softmax', 'logits'),
        ([[0.4], [0.6]], '', 'sigmoid'),
        ([[0.4], [1.6]], '', 'logits'),
        ([[1.0], [1.0]], 'softmax', 'sigmoid'),
    ],
)
def test_borders(rows, last_operation, expected):
    found = detect_output_kind([np.array(row, np.float32) for row in rows], last_operation)
    assert found.kind == expected
    assert found.reason
    assert '\n' not in found.reason


def test_parameter_wins_if_the_answers_allow_it():
    rows = list(softmax(logits(1, 5)))
    for wanted in ('logits', 'probabilities', 'sigmoid'):
        assert resolve_output_kind(wanted, rows).kind == wanted
    assert resolve_output_kind('auto', rows).kind == 'probabilities'


@pytest.mark.parametrize('wanted', ['probabilities', 'sigmoid'])
def test_parameter_that_contradicts_the_answers_is_refused_with_a_value(wanted):
    with pytest.raises(
        ModelError, match=r'network answers -3\.5; set output_kind: logits, or auto'
    ):
        resolve_output_kind(wanted, [np.array([0.5, -3.5]), np.array([0.1, 0.2])])


def test_probabilities_that_do_not_sum_to_one_are_refused_with_their_sum():
    with pytest.raises(ModelError, match=r"sum to 1, but the network's sum to 1\.4"):
        resolve_output_kind('probabilities', [np.array([0.5, 0.9]), np.array([0.1, 0.2])])


@pytest.mark.parametrize('classes', [1, 2, 10, 1000])
def test_probabilities_are_those_of_the_network(classes):
    for seed in range(50):
        row = (logits(seed, classes)[0] * 10).astype(np.float32)
        expected = softmax(row) if classes > 1 else logistic(row)
        out = np.empty(classes, np.float32)
        with np.errstate(over='raise'):
            assert to_probabilities(row, 'logits', out) is out
        assert out == pytest.approx(expected, abs=1e-6)
        again = to_probabilities(expected, 'probabilities', out)
        assert again == pytest.approx(expected)
        assert to_probabilities(logistic(row), 'sigmoid', out) == pytest.approx(logistic(row))


def test_probabilities_stay_from_0_to_1():
    row, out = np.array([1.0004, -0.0004], np.float32), np.empty(2, np.float32)
    assert to_probabilities(row, 'probabilities', out).tolist() == [1.0, 0.0]
    huge = np.array([-300.0], np.float32)
    assert to_probabilities(huge, 'logits', np.empty(1, np.float32))[0] == 0
    assert to_probabilities(-huge, 'logits', np.empty(1, np.float32))[0] == 1
