# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the probe finds out about TorchScript files of others."""

import json

import numpy as np
import pytest
from support.colours import Colours, TRANSFORM
from support.foreign import Around, quantized_colours, save_scripted
import torch
from torch import nn
from torch.nn import functional

from rpi_classifier.probes import foreign_model_probe
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings


class Named(nn.Module):
    def forward(self, x):
        return {'features': x[0], 'scores': x}


class Pair(nn.Module):
    def forward(self, x):
        return x, x


class Squeezed(nn.Module):
    def forward(self, x):
        return x.squeeze()


class Places(nn.Module):
    def forward(self, x):
        return x[:, :, None, None].repeat(1, 1, 4, 4)


class Refuses(nn.Module):
    def forward(self, x):
        if x.size(1) == 3:
            raise ValueError('I want four colours')
        return x


class Dead(nn.Module):
    def forward(self, x):
        return x / torch.zeros(3)


@pytest.fixture
def probe(tmp_path, monkeypatch, capsys):
    """Return a function that runs the probe here: network -> what it prints, as one dictionary."""

    def run(network, save=save_scripted, classes=3, sha256='', engine='qnnpack'):
        request = {
            'model': str(save(network, tmp_path / 'm.pt')),
            'sha256': sha256,
            'size': TRANSFORM.size,
            'resize': TRANSFORM.resize,
            'mean': TRANSFORM.mean,
            'std': TRANSFORM.std,
            'engine': engine,
            'reference_engine': 'qnnpack',
            'classes': classes,
            'parent': 0,
        }
        monkeypatch.setattr(foreign_model_probe, 'end_with_parent', lambda *_: None)
        monkeypatch.setattr('sys.argv', ['probe', json.dumps(request)])
        foreign_model_probe.main()
        lines = capsys.readouterr().out.splitlines()
        return {key: value for line in lines for key, value in json.loads(line).items()}

    return run


def save_traced(network, path):
    with suppress_torch_warnings():
        torch.jit.trace(network, torch.rand(1, 3, 32, 32), check_trace=False).save(str(path))
    return path


@pytest.mark.parametrize('save', [save_scripted, save_traced])
@pytest.mark.parametrize(
    ('after', 'path', 'operation'),
    [
        (nn.Identity(), [], 'linear'),
        (nn.Softmax(dim=1), [], 'softmax'),
        (nn.Sigmoid(), [], 'sigmoid'),
        (Squeezed(), [], 'linear'),
    ],
)
def test_answers_and_the_last_operation_are_told(probe, save, after, path, operation):
    found = probe(Around(after).eval(), save)
    assert (found['path'], found['last_operation']) == (path, operation)
    assert found['compiled']
    plain = Around(after).eval()
    assert np.shape(found['answers']) == (2, 3)
    assert np.shape(found['more_answers']) == (5, 3)
    black = torch.zeros(1, 3, 32, 32) - torch.tensor(TRANSFORM.mean).view(3, 1, 1)
    black = black / torch.tensor(TRANSFORM.std).view(3, 1, 1)
    with torch.no_grad():
        assert found['more_answers'][0] == pytest.approx(plain(black).flatten().tolist(), abs=1e-5)


def test_scores_of_a_dict_are_found_by_the_number_of_labels(probe):
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.colours = Colours()

        def forward(self, x):
            scores = self.colours(x)
            return {'features': x.mean(dim=[2, 3]).repeat(1, 5), 'scores': scores}

    found = probe(Both())
    assert (found['path'], found['last_operation']) == (['scores'], 'linear')


@pytest.mark.parametrize(
    ('network', 'key', 'said'),
    [
        (Around(Pair()), 'refusal', '2 outputs that could be the scores'),
        (Around(Places()), 'refusal', 'a feature map or a segmentation'),
        (Around(Refuses()), 'raised', 'I want four colours'),
        (Around(Dead()), 'refusal', 'for 3 of 3 classes'),
        (Colours().half(), 'raised', 'Half'),
        (nn.Sequential(quantized_colours().quant, nn.Conv2d(3, 3, 3)), 'raised', 'quint8'),
    ],
)
def test_what_cannot_be_used_is_told_before_anything_is_compiled(probe, network, key, said):
    found = probe(network)
    assert said in found[key]
    assert '\n' not in found[key]
    assert 'compiled' not in found


def test_network_that_answers_the_same_image_differently_is_refused(probe):
    network = nn.Sequential(Colours(), nn.Dropout(0.5)).train()
    found = probe(network, save_traced)
    assert 'answers the same image differently' in found['refusal']
    assert 'network.eval()' in found['refusal']


def raise_as_torch_2_1_does(network):
    raise RuntimeError('a mistake\nRuntimeError: shapes of batch norm (pytorch#118990)')


@pytest.mark.parametrize(
    ('freeze', 'said'),
    [
        (raise_as_torch_2_1_does, 'shapes of batch norm'),
        (lambda network: lambda x: network(x).flip(1), 'its answers would be off by'),
    ],
)
def test_network_that_does_not_survive_freezing_is_not_compiled(probe, monkeypatch, freeze, said):
    monkeypatch.setattr(foreign_model_probe, 'compile_network', freeze)  # only some torches do so
    found = probe(Colours())
    assert found['answers']
    assert not found['compiled']
    assert said in found['reason']


def test_int8_network_answers_on_the_engine_of_reference(probe):
    found = probe(quantized_colours(), engine='onednn')
    assert found['compiled']
    assert found['answers'] == probe(quantized_colours(), engine='qnnpack')['answers']


def test_file_that_changed_since_it_was_checked_is_refused(probe):
    assert 'sha256' in probe(Colours(), sha256='0' * 64)['refusal']


def test_half_precision_inside_becomes_float(probe):
    class HalfInside(nn.Module):
        def __init__(self):
            super().__init__()
            self.colours = Colours().half()

        def forward(self, x):
            return functional.softmax(self.colours(x.half()), dim=1)

    found = probe(HalfInside())
    assert sum(found['answers'][0]) == pytest.approx(1, abs=1e-3)
