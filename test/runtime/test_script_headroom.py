# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Int8 networks of others get headroom where products of bytes could saturate."""

import pytest
from support.foreign import quantized_colours
import torch
from torch import nn

from rpi_classifier.runtime import engines, script_headroom
from rpi_classifier.runtime.script_headroom import give_headroom
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings


@pytest.fixture
def without_vnni(monkeypatch):
    """Let this processor saturate, as those without VNNI do."""
    for module in (engines, script_headroom):
        monkeypatch.setattr(module, 'has_exact_byte_products', lambda: False)


def scripted(network=None):
    torch.backends.quantized.engine = 'qnnpack'
    with suppress_torch_warnings():
        return torch.jit.script(network or quantized_colours()).eval()


def weights(network):
    """Return the int8 weights of a scripted network, layer by layer."""
    found = []
    for module in network.modules():
        packed = getattr(module, '_packed_params', None)
        if isinstance(packed, torch.ScriptObject):
            kind = 'conv2d' if 'Conv' in packed._type().name() else 'linear'
            found.append(getattr(torch.ops.quantized, f'{kind}_unpack')(packed)[0])
    return found


def pairs(weight):
    """Return the largest sum of two weights of one channel."""
    return max(sum(sorted(row)[-2:]) for row in weight.int_repr().flatten(1).abs().tolist())


def wide(network):
    """Let all weights use the full range of eight bits."""
    for module in network.modules():
        if hasattr(module, 'set_weight_bias'):
            weight, bias = module._weight_bias()
            full = torch.full(weight.shape, 0.1)
            module.set_weight_bias(
                torch.quantize_per_tensor(full, 0.1 / 127, 0, torch.qint8), bias
            )
    return network


def test_weights_that_could_saturate_become_coarser_and_stay_the_same_numbers(without_vnni):
    network = scripted(wide(quantized_colours()))
    before = weights(network)
    assert max(map(pairs, before)) > 128
    caution = give_headroom(network, 'onednn')
    assert '2 of 2 int8 layers have slightly coarser weights' in caution
    after = weights(network)
    assert max(map(pairs, after)) <= 128
    for old, new in zip(before, after):
        torch.testing.assert_close(old.dequantize(), new.dequantize(), atol=0.002, rtol=0)


def test_network_still_answers_the_same(without_vnni):
    network, x = scripted(), torch.rand(1, 3, 32, 32)
    with torch.no_grad(), suppress_torch_warnings():
        reference = network(x)
        give_headroom(network, 'onednn')
        torch.testing.assert_close(network(x), reference, atol=0.2, rtol=0)


def test_nothing_changes_where_products_are_exact(monkeypatch):
    monkeypatch.setattr(engines, 'has_exact_byte_products', lambda: True)
    network = scripted(wide(quantized_colours()))
    assert give_headroom(network, 'onednn') == ''
    assert max(map(pairs, weights(network))) == 254


def test_engine_qnnpack_takes_all_weights(without_vnni):
    assert give_headroom(scripted(wide(quantized_colours())), 'qnnpack') == ''


def test_dynamic_layers_are_left_alone(without_vnni):
    with suppress_torch_warnings():
        dynamic = torch.ao.quantization.quantize_dynamic(
            nn.Sequential(nn.Flatten(), nn.Linear(3072, 3)), dtype=torch.qint8
        )
    network = scripted(dynamic)
    before = weights(network)
    give_headroom(network, 'onednn')
    assert all(torch.equal(*pair) for pair in zip(before, weights(network)))


def test_frozen_weights_cannot_be_reached_and_that_is_said(without_vnni):
    with suppress_torch_warnings():
        network = torch.jit.freeze(scripted())
    assert 'frozen' in give_headroom(network, 'onednn')
