# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The last operation of TorchScript networks."""

import pytest
from support.colours import Colours
from support.foreign import Around, quantized_colours
import torch
from torch import nn
from torch.nn import functional

from rpi_classifier.models.script_graph import last_operation
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings


class Named(nn.Module):
    def forward(self, x):
        return {'logits': x, 'probabilities': functional.softmax(x, dim=1)}


class Listed(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x), x


class Branches(nn.Module):
    def forward(self, x):
        if x.size(0) > 1:
            return torch.sigmoid(x)
        return torch.tanh(x)


def scripted(network):
    with suppress_torch_warnings():
        return torch.jit.script(network.eval())


@pytest.mark.parametrize(
    ('after', 'expected'),
    [
        (nn.Identity(), 'linear'),
        (nn.Softmax(dim=1), 'softmax'),
        (nn.LogSoftmax(dim=1), 'log_softmax'),
        (nn.Sigmoid(), 'sigmoid'),
        (nn.Hardsigmoid(), 'hardsigmoid'),
        (nn.ReLU(inplace=True), 'relu'),
        (nn.Sequential(nn.Dropout(), nn.Flatten()), 'linear'),
    ],
)
def test_operation_is_told_in_every_form_of_a_network(after, expected):
    network = Around(after).eval()
    with suppress_torch_warnings():
        traced = torch.jit.trace(network, torch.rand(1, 3, 32, 32))
    for form in (scripted(network), traced):
        assert last_operation(form) == expected


def test_int8_network_ends_in_its_last_layer():
    assert last_operation(scripted(quantized_colours())) == 'linear'


def test_path_leads_into_dicts_and_tuples():
    network = scripted(Around(Named()))
    assert last_operation(network, ['logits']) == 'linear'
    assert last_operation(network, ['probabilities']) == 'softmax'
    network = scripted(Around(Listed()))
    assert [last_operation(network, [index]) for index in (0, 1)] == ['sigmoid', 'linear']


@pytest.mark.parametrize(
    ('network', 'path'),
    [
        (Around(Branches()), []),
        (Around(Named()), ['other']),
        (Around(Named()), []),
        (Colours(), [0]),
    ],
)
def test_what_is_not_clear_is_not_told(network, path):
    assert last_operation(scripted(network), path) == ''
