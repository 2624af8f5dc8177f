# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Probabilities, with and without a temperature."""

from hypothesis import example, given, strategies
from hypothesis.extra.numpy import arrays
import numpy as np
import pytest

from rpi_classifier.inference.classifier import to_probabilities

LOGITS = arrays(
    np.float32, strategies.integers(2, 50), elements=strategies.floats(-90, 90, width=32)
)
TEMPERATURES = strategies.floats(0.05, 20.0)


def softmax(logits):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def logistic(logits):
    return 0.5 + 0.5 * np.tanh(0.5 * logits)


def run(scores, kind, temperature=1.0):
    scores = np.asarray(scores, np.float32)
    out = np.empty_like(scores)
    with np.errstate(all='raise', under='ignore'):
        assert to_probabilities(scores, kind, out, temperature) is out
    return out


@given(LOGITS, TEMPERATURES)
def test_logits_are_divided(logits, temperature):
    expected = softmax(logits.astype(float) / temperature)
    assert run(logits, 'logits', temperature) == pytest.approx(expected, rel=1e-3, abs=1e-6)


@given(LOGITS, TEMPERATURES)
@example(np.array([60, -36, 64], np.float32), 16.0)  # 1e-44 has five bits, which must all count
def test_probabilities_of_a_network_are_what_its_logits_divided_would_give(logits, temperature):
    given_ones = softmax(logits.astype(float)).astype(np.float32)
    seen = np.log(np.maximum(given_ones.astype(float), 1e-300))
    expected = softmax(seen / temperature) * (given_ones > 0)
    found = run(given_ones, 'probabilities', temperature)
    assert found == pytest.approx(expected, rel=1e-3, abs=1e-6)
    assert found.sum() == pytest.approx(1, abs=1e-5)


@given(
    arrays(np.float32, strategies.integers(1, 20), elements=strategies.floats(-15, 15, width=32)),
    TEMPERATURES,
)
def test_sigmoids_are_what_their_logits_divided_would_give(logits, temperature):
    given_ones = logistic(logits.astype(float)).astype(np.float32)
    exact = given_ones.astype(float)
    seen = np.log(np.maximum(exact, 1e-300)) - np.log(np.maximum(1 - exact, 1e-300))
    found = run(given_ones, 'sigmoid', temperature)
    assert found == pytest.approx(logistic(seen / temperature), rel=1e-3, abs=1e-5)


@given(LOGITS, TEMPERATURES, strategies.sampled_from(['logits', 'probabilities', 'sigmoid']))
def test_no_temperature_changes_which_class_is_best(logits, temperature, kind):
    scores = logits if kind == 'logits' else softmax(logits.astype(float)).astype(np.float32)
    found = run(scores, kind, temperature)
    assert found[scores.argmax()] == found.max()
    assert found.min() >= 0
    assert found.max() <= 1


@given(LOGITS)
def test_temperature_1_gives_the_same_bits_as_none(logits):
    plain = logits - logits.max()
    np.exp(plain, out=plain)
    plain /= plain.sum()
    assert run(logits, 'logits').tobytes() == plain.tobytes()
    for kind in ('probabilities', 'sigmoid'):
        assert run(plain, kind).tobytes() == np.clip(plain, 0, 1).tobytes()
    for score in logits[:3]:
        one = np.array([score])
        expected = np.array([0.5 + 0.5 * np.tanh(0.5 * score)], np.float32)
        assert run(one, 'logits').tobytes() == expected.tobytes()


def test_one_output_alone_is_a_question_of_yes_or_no():
    assert run([2.0], 'logits', 4.0)[0] == pytest.approx(logistic(0.5))
    assert run([-90.0], 'logits', 0.05)[0] == 0
    assert run([1.0], 'probabilities', 4.0)[0] == 1


@pytest.mark.parametrize('temperature', [0.05, 0.5, 3.0, 20.0])
def test_what_is_certain_stays_certain(temperature):
    assert run([0.0, 1.0], 'probabilities', temperature).tolist() == [0, 1]
    assert run([0.0, 1.0, 0.5], 'sigmoid', temperature).tolist() == [0, 1, 0.5]
    assert run([0.0, 0.0], 'probabilities', temperature).tolist() == [0, 0]


def test_small_probabilities_do_not_all_vanish_at_a_low_temperature():
    found = run([0.004] * 125 + [0.5], 'probabilities', 0.05)
    assert found[-1] == 1
    assert run([0.001] * 1000, 'probabilities', 0.05) == pytest.approx(0.001)
