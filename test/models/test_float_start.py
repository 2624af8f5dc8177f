# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The float network that fine-tuning begins with: of published weights, or of the int8 ones."""

import hashlib

import pytest
import torch
from torchvision.models import mobilenet_v2

from rpi_classifier.errors import WeightsError
from rpi_classifier.models import float_start, zoo
from rpi_classifier.models.architecture import limit_activations
from rpi_classifier.models.float_start import float_from_int8, published_float

FILE = 'mobilenet_v2-b0353104.pth'


@pytest.fixture
def int8():
    return zoo.build_model('mobilenet_v2', 'random').network


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Return an empty folder of torch's checkpoints, beside which there is no network."""

    def unreachable(*_, **__):
        raise OSError('no network here')

    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    monkeypatch.setattr(float_start, 'urlopen', unreachable)
    folder = tmp_path / 'hub' / 'checkpoints'
    folder.mkdir(parents=True)
    return folder


def test_int8_weights_become_floats_exactly(int8):
    network = float_from_int8(int8, 'mobilenet_v2', 1000)
    weight, bias = int8.features[0][0]._weight_bias()
    assert torch.equal(network.features[0][0][0].weight, weight.dequantize())
    assert torch.equal(network.features[0][0][0].bias, bias)
    assert torch.equal(network.classifier[1].bias, int8.classifier[1]._weight_bias()[1])


def test_published_weights_are_taken_with_the_last_layer_of_the_int8_network(int8, cache):
    torch.manual_seed(0)
    original = mobilenet_v2(weights=None).eval()
    torch.save(original.state_dict(), cache / FILE)
    digest = hashlib.sha256((cache / FILE).read_bytes()).hexdigest()
    (cache / f'{FILE}.sha256').write_text(digest)
    network, relu6 = published_float(int8, 'mobilenet_v2', 1000)
    limit_activations(network, relu6)
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        assert relu6
        assert torch.allclose(network.features(image), original.features(image), atol=1e-4)
    assert torch.equal(network.classifier[1].bias, int8.classifier[1]._weight_bias()[1])


def test_weights_under_a_false_name_are_refused(int8, cache):
    torch.save(mobilenet_v2(weights=None).state_dict(), cache / FILE)
    with pytest.raises(WeightsError, match="does not hold torchvision's weights"):
        published_float(int8, 'mobilenet_v2', 1000)


def test_weights_that_are_nowhere_are_told(int8, cache):
    with pytest.raises(WeightsError, match='cannot be downloaded .no network here.'):
        published_float(int8, 'mobilenet_v2', 1000)
