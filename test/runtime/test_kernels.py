# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""XNNPACK's kernels: the rewrite to qint8, its proof, and what happens where it does not work."""

import platform

import numpy as np
import pytest
import torch
from torch import nn
from torch.ao.nn import quantized

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.input_spec import Transform
from rpi_classifier.models import torchscript_file, zoo
from rpi_classifier.models.file_format import ExportRequest
from rpi_classifier.runtime import kernels, qint8, torchscript
from rpi_classifier.runtime.known_answer import known_answers
from rpi_classifier.runtime.torchscript import load_network, torch_runtime

ARM = platform.machine() == 'aarch64'
on_x86 = pytest.mark.skipif(ARM, reason='this torch may have the kernels')


@pytest.fixture
def xnnpack(monkeypatch):
    """Where torch lacks the kernels, compute qint8 layers in quint8; eager only."""
    if ARM:
        return
    for kind in (quantized.Conv2d, torch.ao.nn.intrinsic.quantized.ConvReLU2d, quantized.Linear):
        monkeypatch.setattr(kind, 'forward', in_quint8(kind.forward))
    monkeypatch.setattr(quantized.QFunctional, 'add', in_quint8(quantized.QFunctional.add))


def in_quint8(forward):
    def layer(self, *inputs):
        if inputs[0].dtype != torch.qint8:
            return forward(self, *inputs)
        self.zero_point += 128
        y = forward(self, *(moved(x, 128, torch.quint8) for x in inputs))
        self.zero_point -= 128
        return moved(y, -128, torch.qint8)

    return layer


def moved(x, by, dtype):
    scale, zero_point = x.q_scale(), x.q_zero_point() + by
    return torch.quantize_per_tensor(x.dequantize(), scale, zero_point, dtype)


def stored(network):
    """Return what each quantizing layer holds: {name: (scale, zero point)}."""
    return {
        name: (float(module.scale), int(module.zero_point))
        for name, module in network.named_modules()
        if hasattr(module, 'zero_point')
    }


def run(network, **values):
    runtime = torch_runtime(network, Transform(), engine='qnnpack', **values)
    return runtime, known_answers(runtime, Transform())


def test_every_output_keeps_its_scale_and_moves_its_zero_point_by_128(random_network):
    network = random_network()
    network.quant = nn.Identity()
    before = stored(network)
    weights = {name: tensor.clone() for name, tensor in layers(network).items()}
    qint8.to_qint8(network)
    assert len(before) == 70
    assert stored(network) == {name: (s, z - 128) for name, (s, z) in before.items()}
    for name, tensor in layers(network).items():
        assert torch.equal(tensor.int_repr(), weights[name].int_repr())
    qint8.to_quint8(network)
    assert stored(network) == before


def layers(network):
    return {
        name: module.weight()
        for name, module in network.named_modules()
        if hasattr(module, 'zero_point') and hasattr(module, 'weight')
    }


@pytest.mark.parametrize('name', ['mobilenet_v2', 'shufflenet_v2_x0_5', 'efficientnet_lite0'])
def test_rewritten_network_answers_as_before(name, xnnpack):
    plain, expected = run(zoo.build_model(name, 'random').network, kernels='qnnpack', jit=False)
    runtime, answers = run(zoo.build_model(name, 'random').network, kernels='xnnpack', jit=ARM)
    assert (runtime.info.engine, runtime.info.kernels) == ('qnnpack', 'xnnpack')
    assert (plain.buffer.dtype, runtime.buffer.dtype) == (np.uint8, np.int8)
    assert (plain.buffer.astype(int) - 128 == runtime.buffer).all()
    if np.array_equal(answers, expected):
        assert runtime.info.kernels_reason.startswith("logits bit-equal to qnnpack's")
    else:  # XNNPACK rounds some halves of efficientnet_lite0 the other way
        assert (ARM, name) == (True, 'efficientnet_lite0')
        assert runtime.info.kernels_reason.startswith('known answer against qnnpack passed')


@on_x86
def test_without_the_kernels_auto_runs_the_plain_network_and_says_why(random_network, monkeypatch):
    _, expected = run(random_network(), kernels='qnnpack')
    monkeypatch.setattr(kernels.platform, 'machine', lambda: 'aarch64')
    runtime, answers = run(random_network())
    assert runtime.info.kernels == 'qnnpack'
    assert runtime.info.kernels_reason.startswith('XNNPACK does not run this model on torch')
    assert 'QInt8' in runtime.info.kernels_reason
    assert runtime.buffer.dtype == np.uint8
    assert np.array_equal(answers, expected)


@on_x86
def test_without_the_kernels_asking_for_them_is_refused_in_one_sentence(random_network):
    with pytest.raises(ModelError, match='set kernels: auto') as caught:
        run(random_network(), kernels='xnnpack')
    assert torch.__version__ in str(caught.value)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize(
    ('times_ns', 'expected', 'reason'),
    [
        ([100, 61], 'xnnpack', "bit-equal to qnnpack's, 0.61 of the time"),
        ([100, 122], 'qnnpack', "XNNPACK's take 1.22 of their time on this processor"),
    ],
)
def test_auto_takes_the_faster_kernels(
    random_network, xnnpack, monkeypatch, times_ns, expected, reason
):
    _, answers = run(random_network(), kernels='qnnpack', jit=False)
    monkeypatch.setattr(kernels.platform, 'machine', lambda: 'aarch64')
    left = iter([*times_ns, 1, 1])  # the last ones decide about threads
    monkeypatch.setattr(torchscript, 'fastest_ns', lambda _: next(left))
    runtime, chosen = run(random_network(), jit=False)
    assert runtime.info.kernels == expected
    assert reason in runtime.info.kernels_reason
    assert runtime.buffer.dtype == (np.int8 if expected == 'xnnpack' else np.uint8)
    assert np.array_equal(chosen, answers)


def test_kernels_that_compute_something_else_are_not_used(random_network, xnnpack, monkeypatch):
    right = quantized.Linear.forward

    def wrong(self, x):
        y = right(self, x)
        return y.flip(1) if x.dtype == torch.qint8 else y

    monkeypatch.setattr(quantized.Linear, 'forward', wrong)
    with pytest.raises(ModelError, match='known-answer check'):
        run(random_network(), kernels='xnnpack', jit=False)


def test_weights_with_a_zero_point_are_left_alone(random_network):
    network = random_network()
    weight = torch.quantize_per_tensor(torch.randn(1000, 1280), 0.1, 3, torch.qint8)
    network.classifier[1].set_weight_bias(weight, torch.zeros(1000))
    network.quant = nn.Identity()
    before = stored(network)
    with pytest.raises(ModelError, match='zero point that is not 0'):
        qint8.to_qint8(network)
    assert stored(network) == before


def test_layer_quantized_by_channel_takes_qint8_and_gives_the_same():
    torch.backends.quantized.engine = 'qnnpack'
    linear, generator = quantized.Linear(8, 4), torch.Generator().manual_seed(0)
    values = torch.randn(4, 8, generator=generator)
    scales, zeros = values.abs().amax(dim=1) / 127, torch.zeros(4, dtype=torch.int64)
    weight = torch.quantize_per_channel(values, scales, zeros, 0, torch.qint8)
    linear.set_weight_bias(weight, torch.zeros(4))
    linear.scale, linear.zero_point = 0.05, 100
    network = nn.Sequential(nn.Sequential(linear))
    x = torch.quantize_per_tensor(torch.randn(2, 8, generator=generator), 0.02, 120, torch.quint8)
    expected = network(x)
    qint8.to_qint8(network)
    for form in (network, torch.jit.script(network)):
        assert torch.equal(form(moved(x, -128, torch.qint8)).int_repr(), expected.int_repr())
        assert torch.equal(form(x).int_repr(), expected.int_repr())


def test_network_from_a_file_can_be_rewritten(tmp_path):
    path = tmp_path / 'm.pt'
    torchscript_file.export_torchscript(
        ExportRequest('efficientnet_lite0', path, 'random', 'qnnpack')
    )
    network = load_network(path.read_bytes(), 'qnnpack')
    before = stored(network)
    qint8.to_qint8(network)
    kept = {key for key, value in stored(network).items() if value == before[key]}
    assert kept == {'fc.linear'}  # the only layer quantized by channel that is no convolution
    qint8.to_quint8(network)
    assert stored(network) == before
    wanted = 'xnnpack' if ARM else 'auto'
    classifier = Classifier.load(ClassifierConfig(model=str(path), kernels=wanted))
    assert classifier.runtime.info.kernels == ('xnnpack' if ARM else 'qnnpack')


@pytest.mark.parametrize(
    ('wanted', 'engine', 'machine', 'expected'),
    [
        ('auto', 'qnnpack', 'aarch64', True),
        ('auto', 'qnnpack', 'x86_64', False),
        ('auto', 'onednn', 'x86_64', False),
        ('qnnpack', 'qnnpack', 'aarch64', False),
        ('xnnpack', 'qnnpack', 'x86_64', True),
    ],
)
def test_xnnpack_is_tried_on_arm_or_when_asked_for(monkeypatch, wanted, engine, machine, expected):
    monkeypatch.setattr(kernels.platform, 'machine', lambda: machine)
    assert kernels.wants_xnnpack(wanted, engine) == expected


def test_kernels_of_another_engine_are_refused():
    with pytest.raises(ModelError, match='engine here is onednn'):
        kernels.wants_xnnpack('xnnpack', 'onednn')
    with pytest.raises(ConfigError, match="not for 'onednn'"):
        ClassifierConfig(kernels='xnnpack', engine='onednn')
