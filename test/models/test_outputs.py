# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What networks return, and which of it are the scores."""

from collections import namedtuple

import numpy as np
import pytest
import torch

from rpi_classifier.errors import ModelError
from rpi_classifier.models.outputs import check_scores, choose_output

SCORES = np.array([0.5, -2.0, 3.0], np.float32)
GoogLeNetOutputs = namedtuple('GoogLeNetOutputs', ['logits', 'aux_logits2', 'aux_logits1'])


def zeros(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)


@pytest.mark.parametrize(
    ('returned', 'path'),
    [
        (SCORES, ()),
        (SCORES[None], ()),
        (SCORES[None, :, None, None], ()),
        (SCORES[None, None, None, :], ()),
        (SCORES[None].astype(np.float16), ()),
        (SCORES[None].astype(np.float64), ()),
        ([SCORES[None]], (0,)),
        ((SCORES[None],), (0,)),
        ({'logits': SCORES[None]}, ('logits',)),
        ({'scores': SCORES[None], 'loss': None}, ('scores',)),
        (GoogLeNetOutputs(SCORES[None], None, None), (0,)),
        ((None, {'out': [SCORES]}), (1, 'out', 0)),
        ((SCORES[None], zeros(1, 1280)), (0,)),
        ((zeros(1, 1280), SCORES[None]), (1,)),
        ({'hidden': zeros(1, 50, 192), 'logits': SCORES}, ('logits',)),
        ((zeros(1, 3, dtype=np.int64), SCORES[None]), (1,)),
    ],
)
def test_scores_are_found_and_taken(returned, path):
    choice = choose_output(returned, 3)
    assert (choice.path, choice.classes) == (path, 3)
    assert np.array_equal(check_scores(choice.take(returned)), SCORES)


def test_names_decide_between_two_of_the_same_size():
    assert choose_output({'logits': SCORES[None], 'probs': SCORES[None]}, 3).path == ('logits',)


def test_choice_serves_tensors_too():
    returned = {'logits': torch.tensor(SCORES)[None, :, None, None]}
    choice = choose_output({'logits': returned['logits'].numpy()})
    assert torch.equal(choice.take(returned), torch.tensor(SCORES))


@pytest.mark.parametrize('one', [zeros(), zeros(1), zeros(1, 1), zeros(1, 1, 1, 1)])
def test_one_score_is_a_class(one):
    assert choose_output(one, 1).classes == 1


def test_number_of_labels_is_not_judged_here():
    assert choose_output(SCORES[None], 7).classes == 3


@pytest.mark.parametrize(
    ('returned', 'said'),
    [
        (zeros(1, 84, 8400), r'\[1, 84, 8400\], which looks like the boxes of a detector'),
        (zeros(1, 25200, 85), 'boxes of a detector'),
        (zeros(1, 300, 6), 'boxes of a detector'),
        (zeros(1, 197, 768), 'sequence of features'),
        (zeros(1, 21, 64, 64), 'feature map or a segmentation'),
        (zeros(1, 3, 2), 'sequence of features'),
        (zeros(4, 3), 'answers for 4 images'),
        (zeros(3, 1), 'answers for 3 images'),
        (zeros(1, 0), 'empty'),
        (zeros(1, 3, dtype=np.int64), r'int64 \[1, 3\].*not scores'),
        (zeros(1, dtype=np.int64), 'class numbers'),
        (zeros(1, 3, dtype=np.uint8), 'quantized values'),
        (zeros(1, 3, dtype=np.bool_), 'not scores'),
        (zeros(1, 3, dtype=np.complex64), 'not scores'),
        ({'boxes': zeros(1, 4), 'labels': zeros(1, dtype=np.int64)}, "'boxes'.*boxes of a det"),
        ((SCORES[None], SCORES[None]), '2 outputs that could be the scores'),
        ((zeros(1, 10), zeros(1, 1280)), '2 outputs'),
        (None, 'nothing of numbers'),
        ('cat', 'nothing of numbers .str'),
        ({}, 'nothing of numbers .dict'),
        ([], 'nothing of numbers .list'),
        (1.5, 'nothing of numbers .float'),
        ([[[[[SCORES]]]]], 'nothing of numbers'),
    ],
)
def test_other_outputs_are_refused_with_what_they_look_like(returned, said):
    with pytest.raises(ModelError, match=said) as caught:
        choose_output(returned, 3)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf, 1e300])
def test_scores_that_are_not_numbers_are_refused(value):
    with pytest.raises(ModelError, match='for 1 of 3 classes'):
        check_scores(np.array([0, value, 0]))
