# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Int8 networks as ONNX: ONNX Runtime gives the logits of torch's qnnpack, bit by bit."""

import numpy as np
import pytest
from support.onnx_models import onnx
import torch

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization
from rpi_classifier.models.export_onnx import trace_model
from rpi_classifier.models.onnx_constants import read_constants
from rpi_classifier.models.onnx_headroom import with_onnx_headroom
from rpi_classifier.models.onnx_operations import network_to_onnx
from rpi_classifier.models.zoo import build_model, MODELS
from rpi_classifier.runtime.headroom import headroom_growth
from rpi_classifier.runtime.known_answer import check_known_answers, known_answers
from rpi_classifier.runtime.onnx import OnnxRuntime
from rpi_classifier.runtime.torch_input import input_tensor
from rpi_classifier.runtime.torchscript import TorchRuntime

UINT8 = Quantization(1 / 128, 128)


def assert_equal_logits(runtime, other, count=2):
    """Compare two runtimes on noise."""
    noise = np.random.default_rng(0)
    for image in noise.integers(0, 256, (count, *runtime.buffer.shape), np.uint8):
        runtime.buffer[:] = other.buffer[:] = image
        np.testing.assert_array_equal(runtime.run(), other.run())


@pytest.fixture(scope='module')
def traced():
    """Return record and content of a model with full-range weights."""
    return trace_model(build_model('mobilenet_v2', 'random'))


@pytest.mark.parametrize('name', MODELS)
def test_logits_are_those_of_qnnpack(name):
    model = build_model(name, 'random')
    metadata, content = trace_model(model)  # packs the network for qnnpack
    runtime = OnnxRuntime(content, quantization=metadata.quantization)
    reference = TorchRuntime(model.network, model.transform.size, metadata.quantization)
    assert_equal_logits(runtime, reference)


def test_photos_have_the_logits_of_qnnpack(weights, photos):
    from rpi_classifier.images.decode import read_image_file
    from rpi_classifier.runtime.preprocess import Preprocessor

    model = build_model('mobilenet_v2')
    metadata, content = trace_model(model)
    runtime = OnnxRuntime(content, quantization=metadata.quantization)
    reference = TorchRuntime(model.network, model.transform.size, metadata.quantization)
    preprocess = Preprocessor(model.transform, metadata.quantization)
    for photo in photos:
        for one in (runtime, reference):
            preprocess(read_image_file(photo), one.buffer)
        np.testing.assert_array_equal(runtime.run(), reference.run())


def test_record_describes_the_network(traced):
    metadata, content = traced
    model = onnx.load_from_string(content)
    assert [one.name for one in model.graph.input] == ['image']
    sides = [side.dim_value for side in model.graph.input[0].type.tensor_type.shape.dim]
    assert sides == [1, 224, 224, 3]
    assert metadata.quantization.dtype == np.uint8
    assert metadata.exact_products
    assert {'torch', 'onnx', 'onnxruntime'} < set(metadata.versions)


def test_weights_and_zero_points_are_the_networks(traced):
    _, content = traced
    constants = read_constants(memoryview(content))
    network = build_model('mobilenet_v2', 'random').network
    expected = [
        module._weight_bias()[0].int_repr().numpy()
        for module in network.modules()
        if hasattr(module, 'set_weight_bias') and hasattr(module, 'zero_point')
    ]
    found = [values for name, values in constants.items() if name.endswith('.weight')]
    assert len(found) == len(expected)
    for one, other in zip(found, expected):
        np.testing.assert_array_equal(one, other)


def test_headroom_changes_what_could_overflow_and_little_else(traced):
    metadata, content = traced
    changed = with_onnx_headroom(content)
    assert len(changed) == len(content)
    constants = read_constants(memoryview(changed))
    weights = [values for name, values in constants.items() if name.endswith('.weight')]
    depthwise = [one for one in weights if one.ndim == 4 and one.shape[1] == 1]
    assert any((headroom_growth(one) > 1).any() for one in depthwise)  # exact everywhere
    others = [one for one in weights if one.ndim != 4 or one.shape[1] != 1]
    assert all((headroom_growth(one) == 1).all() for one in others)
    runtime = OnnxRuntime(changed, quantization=metadata.quantization)
    answers = known_answers(runtime, metadata.transform)
    check_known_answers(answers, metadata.answers)
    assert not np.array_equal(answers, metadata.answers)


def test_operation_without_an_onnx_form_is_refused():
    class Flipped(torch.nn.Module):
        def forward(self, x):
            return x.flip(3)

    image, _ = input_tensor(8, UINT8)
    with pytest.raises(ModelError, match=r'the operation aten\.flip of torch has no ONNX form'):
        network_to_onnx(Flipped(), image, 'flipped')
