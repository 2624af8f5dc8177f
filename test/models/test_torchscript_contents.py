# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a TorchScript archive tells without being run."""

import io

import pytest
from support.colours import Colours
import torch
from torch import nn

from rpi_classifier.models.torchscript_contents import inspect_torchscript
from rpi_classifier.models.zip_members import open_zip
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings


def contents(network):
    stream = io.BytesIO()
    with suppress_torch_warnings():
        torch.jit.save(torch.jit.script(network.eval()), stream)
    return inspect_torchscript(open_zip(stream.getvalue(), 'm.pt'))


def test_float_network_has_no_int8():
    found = contents(Colours())
    weights = sum(weight.numel() for weight in Colours().parameters())
    assert found.elements['FloatStorage'] == weights
    assert (found.int8_share, found.unusual_floats) == (0, '')
    assert (found.on_gpu, found.optimized) == (False, False)


def test_int8_network_is_nearly_all_int8(random_network):
    assert 0.9 < contents(random_network()).int8_share < 1


def test_dynamic_quantization_is_told_by_its_share():
    network = nn.Sequential(nn.Conv2d(3, 64, 8), nn.Flatten(), nn.Linear(64, 192))
    with suppress_torch_warnings():
        dynamic = torch.ao.quantization.quantize_dynamic(network, dtype=torch.qint8)
    assert contents(dynamic).int8_share == pytest.approx(0.5, abs=0.01)


def test_frozen_weights_are_counted_among_the_constants():
    stream = io.BytesIO()
    with suppress_torch_warnings():
        torch.jit.save(torch.jit.freeze(torch.jit.script(Colours().half().eval())), stream)
    found = inspect_torchscript(open_zip(stream.getvalue(), 'm.pt'))
    assert found.unusual_floats == 'half'


class Writes(nn.Module):
    def forward(self, x):
        torch.save(x, '/nowhere/else')
        return x


class Maps(nn.Module):
    def forward(self, x):
        return x + torch.from_file('/nowhere/else', False, 3)


@pytest.mark.parametrize('network', [Writes(), Maps()])
def test_code_that_touches_files_is_found(network):
    assert contents(network).on_files
    assert not contents(Colours()).on_files


@pytest.mark.parametrize(
    ('layer', 'training'),
    [
        (nn.Dropout(0.2), True),
        (nn.Dropout2d(0.2), True),
        (nn.BatchNorm2d(3), True),
        (nn.BatchNorm2d(3, track_running_stats=False), False),
        (nn.InstanceNorm2d(3), False),
    ],
)
def test_network_that_was_traced_in_training_mode_is_found(layer, training):
    for mode in (True, False):
        stream = io.BytesIO()
        with suppress_torch_warnings():
            network = nn.Sequential(nn.Conv2d(3, 3, 1), layer).train(mode)
            traced = torch.jit.trace(network, torch.rand(1, 3, 8, 8), check_trace=False)
            torch.jit.save(traced, stream)
        found = inspect_torchscript(open_zip(stream.getvalue(), 'm.pt'))
        assert found.in_training is (mode and training)


def test_a_few_constants_in_double_precision_are_not_the_weights():
    class Scaled(nn.Module):
        def forward(self, x):
            return x * 4.0

    assert contents(Scaled()).unusual_floats == ''
    assert contents(Colours().double()).unusual_floats == 'double'
