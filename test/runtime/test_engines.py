# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Quantized engines."""

import pytest
import torch

from rpi_classifier.errors import ModelError
from rpi_classifier.models import zoo
from rpi_classifier.runtime import engines


def weight(values, scale=0.1):
    return torch.quantize_per_tensor(torch.tensor(values) * scale, scale, 0, torch.qint8)


def worst_pair(quantized):
    steps = quantized.int_repr().flatten(1).int()
    return max(
        (sign * steps).clamp(min=0).topk(2, dim=1).values.sum(dim=1).max() for sign in (1, -1)
    )


def test_unknown_engine_is_refused_with_the_choices():
    with pytest.raises(ModelError) as caught:
        engines.choose_engine('fpga')
    assert 'fpga' in str(caught.value)
    for name in torch.backends.quantized.supported_engines:
        assert name == 'none' or name in str(caught.value)


@pytest.mark.parametrize(
    ('machine', 'expected'), [('aarch64', 'qnnpack'), ('x86_64', 'onednn'), ('arm64', 'qnnpack')]
)
def test_auto_is_qnnpack_on_arm_and_onednn_on_x86(monkeypatch, machine, expected):
    monkeypatch.setattr(engines.platform, 'machine', lambda: machine)
    if expected not in torch.backends.quantized.supported_engines:
        pytest.skip(f'this torch has no {expected}')
    assert engines.choose_engine('auto') == expected


def test_weights_that_cannot_saturate_stay_as_they_are():
    original = weight([[64.0, 64.0, -100.0, 5.0], [127.0, 1.0, -128.0, 0.0]])
    assert engines.with_headroom(original) is original


def test_only_channels_that_could_saturate_are_coarsened():
    original = weight([[64.0, 60.0, -100.0], [127.0, 100.0, 3.0], [-120.0, -90.0, 7.0]])
    result = engines.with_headroom(original)
    assert worst_pair(result) <= 128
    assert (result.int_repr()[0] == original.int_repr()[0]).all()
    step = result.q_per_channel_scales().max()
    assert (result.dequantize() - original.dequantize()).abs().max() <= step / 2 + 1e-6


def test_headroom_is_kept_for_random_weights_per_tensor_and_per_channel():
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        values = torch.randn(16, 8, 3, 3, generator=generator)
        scale = float(values.abs().max() / 127)
        per_tensor = torch.quantize_per_tensor(values, scale, 0, torch.qint8)
        scales = values.abs().amax(dim=(1, 2, 3)) / 127
        per_channel = torch.quantize_per_channel(
            values, scales, torch.zeros(16, dtype=torch.int64), 0, torch.qint8
        )
        assert worst_pair(engines.with_headroom(per_tensor)) <= 128
        assert worst_pair(engines.with_headroom(per_channel)) <= 128


def test_weights_for_fbgemm_need_no_headroom(monkeypatch):
    monkeypatch.setattr(engines, 'has_exact_byte_products', lambda: False)
    network = zoo.build_model('shufflenet_v2_x0_5', 'random').network
    before = network.fc.weight().int_repr()
    assert engines.move_to_engine(network, choose(), weights_backend='fbgemm') == ''
    assert (network.fc.weight().int_repr() == before).all()


def test_lost_precision_is_told_with_the_reason(random_network, monkeypatch):
    monkeypatch.setattr(engines, 'has_exact_byte_products', lambda: False)
    caution = engines.move_to_engine(random_network(), choose(), weights_backend='qnnpack')
    assert 'of 54 layers' in caution
    assert 'VNNI' in caution
    monkeypatch.setattr(engines, 'has_exact_byte_products', lambda: True)
    if 'onednn' in torch.backends.quantized.supported_engines:
        assert engines.move_to_engine(random_network(), 'onednn', weights_backend='qnnpack') == ''


@pytest.mark.parametrize('engine', ['x86', 'fbgemm'])
def test_depthwise_layers_do_not_overflow_whatever_the_processor(engine):
    """FBGEMM's depthwise kernels add two products in 16 bits on processors with VNNI, too."""
    if engine not in torch.backends.quantized.supported_engines:
        pytest.skip(f'this torch has no {engine}')
    channels = 128  # more than 100: below that engine x86 takes other kernels
    generator = torch.Generator().manual_seed(0)
    steps = torch.where(torch.rand(channels, 1, 3, 3, generator=generator) < 0.5, 127.0, -127.0)
    layer = torch.ao.nn.quantized.Conv2d(channels, channels, 3, padding=1, groups=channels)
    torch.backends.quantized.engine = engine
    layer.set_weight_bias(torch.quantize_per_tensor(steps, 1.0, 0, torch.qint8), None)
    layer.scale, layer.zero_point = 2400.0, 128
    bright = torch.full((1, channels, 14, 14), 255.0)
    expected = torch.nn.functional.conv2d(bright, steps, padding=1, groups=channels)
    caution = engines.move_to_engine(torch.nn.Sequential(layer), engine, weights_backend='qnnpack')
    answer = layer(torch.quantize_per_tensor(bright, 1.0, 0, torch.quint8)).dequantize()
    # Half a step of nine coarser weights, times 255, and the rounding of the output.
    assert (answer - expected).abs().max() <= 9 * 255 + layer.scale
    assert 'overflow' in caution


def choose():
    """Return an engine whose byte products may saturate."""
    for name in ('onednn', 'fbgemm'):
        if name in torch.backends.quantized.supported_engines:
            return name
    pytest.skip('this torch has only qnnpack')
    return None
