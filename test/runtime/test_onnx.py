# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""ONNX Runtime behind the Runtime protocol: memory, threads, and what is no classifier."""

import gc
from pathlib import Path

import numpy as np
import pytest
from support.onnx_models import colour_means, FLOAT, FLOAT16, helper, UINT8

from rpi_classifier.errors import ModelError
from rpi_classifier.runtime import onnx as runtime_module
from rpi_classifier.runtime.onnx import OnnxRuntime


def runtime_of(model, **options):
    return OnnxRuntime(model.SerializeToString(), **options)


def refusal(model, **options):
    with pytest.raises(ModelError) as caught:
        runtime_of(model, **options)
    assert '\n' not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    'shape', [(1, 3, 32, 32), (1, 32, 32, 3), ('batch', 3, 'height', 'width')]
)
@pytest.mark.parametrize('output', [(1, 3), (3,), (1, 3, 1, 1)])
def test_what_lies_in_the_buffer_is_classified(shape, output):
    runtime = runtime_of(colour_means(shape, output=output), size=32)
    assert (runtime.buffer.shape, runtime.buffer.dtype) == ((32, 32, 3), np.float32)
    for colour in range(3):
        runtime.buffer[:] = 0
        runtime.buffer[..., colour] = 7
        assert runtime.run().tolist() == [7 if place == colour else 0 for place in range(3)]


def test_input_and_output_are_bound_once():
    runtime = runtime_of(colour_means((1, 32, 32, 3), dtype=UINT8))
    first, address = runtime.run(), runtime.buffer.ctypes.data
    runtime.buffer[:] = 9
    assert runtime.run() is first
    assert first.tolist() == [9, 9, 9]
    assert runtime.buffer.ctypes.data == address


def test_another_number_of_threads_keeps_memory_and_answers():
    runtime = runtime_of(colour_means())
    buffer = runtime.buffer
    buffer[:] = 5
    for number in (2, 1, 2, 0):
        runtime.set_num_threads(number)
        assert runtime.buffer is buffer
        assert runtime.run().tolist() == [5, 5, 5]


def threads():
    return len(list(Path('/proc/self/task').iterdir()))


def test_threads_end_with_the_session_that_had_them():
    gc.collect()
    before = threads()
    runtime = runtime_of(colour_means(), num_threads=3)
    assert threads() == before + 2  # the thread that runs is one of them
    runtime.set_num_threads(1)
    assert threads() == before


def test_one_thread_is_the_default_if_it_is_fast_enough(monkeypatch):
    assert runtime_of(colour_means()).default_threads == 1
    monkeypatch.setattr(runtime_module, 'ENOUGH_NS', 0)
    monkeypatch.setattr(runtime_module.os, 'sched_getaffinity', lambda _: {0, 1, 2, 3})
    assert runtime_of(colour_means()).default_threads == 4


@pytest.mark.parametrize(
    ('options', 'words'),
    [
        ({'shape': (8, 3, 32, 32)}, 'it takes 8 images at once'),
        ({'shape': (1, 3, 32, 64)}, '32x64 pixels, expected a square'),
        ({'shape': (1, 3, 'h', 'w')}, 'set input_size'),
        ({'shape': (1, 1, 28, 28)}, 'its input has shape [1, 1, 28, 28], expected [1, 3,'),
        ({'shape': (1, 'c', 'h', 'w')}, 'its input has shape [1, ?, ?, ?]'),
        ({'dtype': FLOAT16}, 'its input is a tensor(float16), expected float32 or uint8'),
        ({'opset': 99}, 'save it for an older operator set, or update onnxruntime'),
        ({'ir_version': 99}, 'save it for an older version of ONNX, or update onnxruntime'),
        ({'operator': 'Custom'}, 'operators outside ONNX are not supported'),
    ],
)
def test_network_that_is_no_classifier_of_images_is_refused(options, words):
    assert words in refusal(colour_means(**options))


def test_size_that_is_not_the_networks_is_refused():
    assert 'has 32 pixels a side, but input_size is 64' in refusal(colour_means(), size=64)


def with_another(which):
    """Return a model with a second input or output."""
    model = colour_means()
    name = {'input': 'other', 'output': 'means'}[which]
    getattr(model.graph, which).append(helper.make_tensor_value_info(name, FLOAT, (1, 3)))
    return model


def test_network_with_two_inputs_is_refused():
    assert "it takes 2 inputs ('images', 'other'), expected one image" in refusal(
        with_another('input')
    )


def test_one_of_several_outputs_is_chosen():
    assert 'it has 2 outputs, expected one' in refusal(with_another('output'))
    runtime = runtime_of(with_another('output'), choose=lambda outputs: [*outputs][1])
    runtime.buffer[:] = 4
    assert runtime.output_name == 'means'
    assert runtime.run().tolist() == [4, 4, 4]


def test_scores_in_double_precision_become_float32():
    runtime = runtime_of(colour_means(operator='Cast'))
    runtime.buffer[:] = 0.1
    assert runtime.run().dtype == np.float32
    assert runtime.run().tolist() == pytest.approx([0.1] * 3)


def test_file_that_is_no_network_is_refused():
    with pytest.raises(ModelError, match='cannot be loaded by onnxruntime'):
        OnnxRuntime(b'hello')
