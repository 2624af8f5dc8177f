# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The runtime executorch, if it is installed."""

import numpy as np
import pytest
from support.colours import Colours, lowered_colours, TRANSFORM
import torch

from rpi_classifier.runtime.executorch import ExecuTorchRuntime
from rpi_classifier.runtime.known_answer import known_answers, known_images
from rpi_classifier.runtime.preprocess import Preprocessor

pytest.importorskip('executorch', reason='needs scripts/setup --with-executorch')


@pytest.fixture(scope='module')
def program():
    """Return the program of a small network."""
    return lowered_colours()[1]


def test_answers_are_close_to_those_of_the_float_network(program):
    runtime, network = ExecuTorchRuntime(program, 32), Colours().eval()
    preprocess, memory = Preprocessor(TRANSFORM), torch.zeros(1, 32, 32, 3)
    for image, logits in zip(known_images(32), known_answers(runtime, TRANSFORM)):
        preprocess(image, memory[0].numpy())
        with torch.no_grad():
            expected = network(memory.permute(0, 3, 1, 2))[0].numpy()
        assert logits == pytest.approx(expected, abs=0.1)


def test_number_of_threads_changes_while_it_runs(program):
    runtime = ExecuTorchRuntime(program, 32, num_threads=1)
    before = known_answers(runtime, TRANSFORM)
    for number in (2, 0, 1):
        runtime.set_num_threads(number)
        assert np.array_equal(known_answers(runtime, TRANSFORM), before)
