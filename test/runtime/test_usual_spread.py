# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""How far apart logits usually lie: read off the network, and used by the known-answer check."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from rpi_classifier.errors import ModelError
from rpi_classifier.runtime.known_answer import check_known_answers
from rpi_classifier.runtime.qint8 import wrap_linear_layers
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings
from rpi_classifier.runtime.usual_spread import find_usual_spread

UNDECIDED = [np.array([0.1, -0.1], np.float32), np.array([0.1, -0.1], np.float32)]


def test_spread_is_a_part_of_the_range_of_the_output(random_network):
    network = random_network()
    expected = 0.25 * 255 * network.classifier[1].scale
    assert find_usual_spread(network) == pytest.approx(expected)
    wrap_linear_layers(network)
    with suppress_torch_warnings():
        scripted = torch.jit.script(network)
    assert find_usual_spread(scripted) == pytest.approx(expected)


def test_network_that_is_not_int8_has_no_known_spread():
    assert find_usual_spread(nn.Sequential(nn.Linear(3, 2))) == 0


def test_few_classes_may_be_undecided_about_the_known_images():
    rounded = [answer + np.float32([0.2, -0.2]) for answer in UNDECIDED]
    with pytest.raises(ModelError, match='known-answer check'):
        check_known_answers(rounded, UNDECIDED)
    assert 'passed' in check_known_answers(rounded, UNDECIDED, usual_spread=4.0)
    assert 'passed' in check_known_answers(UNDECIDED, UNDECIDED, usual_spread=4.0)


def test_wrong_answers_are_refused_all_the_same():
    wrong = [answer + np.float32([3.0, -3.0]) for answer in UNDECIDED]
    with pytest.raises(ModelError, match='known-answer check'):
        check_known_answers(wrong, UNDECIDED, usual_spread=4.0)
    apart = [UNDECIDED[0], -UNDECIDED[0]]
    with pytest.raises(ModelError, match='same answer'):
        check_known_answers(UNDECIDED, apart, usual_spread=4.0)
