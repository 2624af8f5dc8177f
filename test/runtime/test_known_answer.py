# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The known-answer check."""

import numpy as np
import pytest

from rpi_classifier.errors import ModelError
from rpi_classifier.runtime import known_answer

RANDOM = np.random.default_rng(5)
REFERENCES = [RANDOM.normal(0, 3, 1000).astype(np.float32) for _ in range(2)]


def test_images_are_the_same_everywhere():
    first, second = known_answer.known_images(224)
    assert first.shape == second.shape == (224, 224, 3)
    assert first.dtype == np.uint8
    assert [int(value) for value in first[0, 0]] == [131, 44, 79]
    assert not np.array_equal(first, second)


def test_rounding_differences_pass():
    answers = [logits + RANDOM.normal(0, 0.3, 1000).astype(np.float32) for logits in REFERENCES]
    assert 'passed' in known_answer.check_known_answers(answers, REFERENCES)


@pytest.mark.parametrize(
    'wrong',
    [
        lambda logits: np.zeros_like(logits),
        lambda logits: np.roll(logits, 1),
        lambda logits: np.full_like(logits, np.nan),
        lambda logits: -logits,
    ],
)
def test_wrong_numbers_are_refused(wrong):
    answers = [wrong(logits) for logits in REFERENCES]
    with pytest.raises(ModelError, match='known-answer check'):
        known_answer.check_known_answers(answers, REFERENCES)


def test_a_constant_answer_is_refused_even_if_the_reference_is_constant_too():
    constant = [REFERENCES[0], REFERENCES[0]]
    with pytest.raises(ModelError, match='same answer'):
        known_answer.check_known_answers(constant, constant)


def test_one_class_is_measured_by_how_far_its_answers_lie_apart():
    references = [np.array([0.2], np.float32), np.array([0.8], np.float32)]
    close = [reference + np.float32(0.003) for reference in references]
    assert 'off by 0.005' in known_answer.check_known_answers(close, references)
    with pytest.raises(ModelError, match='known-answer check'):
        known_answer.check_known_answers(references[::-1], references)


def test_a_tighter_tolerance_is_kept():
    answers = [logits * np.float32(1.05) for logits in REFERENCES]
    known_answer.compare_answers(answers, REFERENCES)
    with pytest.raises(ModelError, match=r'at most 0\.01'):
        known_answer.compare_answers(answers, REFERENCES, known_answer.SAME_NETWORK)
