# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The last layer of the zoo's networks: tapped, and replaced."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from rpi_classifier.errors import ModelError
from rpi_classifier.models.zoo import build_model
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings
from rpi_classifier.training.features import feature_extractor
from rpi_classifier.training.last_layer import last_layer, set_head, tapped

ONE_OF_EACH_FAMILY = [
    'mobilenet_v2', 'mobilenet_v3_large', 'resnet18', 'shufflenet_v2_x0_5', 'googlenet',
    'inception_v3', 'efficientnet_lite0',
]  # fmt: skip


@pytest.mark.parametrize('name', ONE_OF_EACH_FAMILY)
def test_networks_of_the_zoo_give_features_and_take_another_last_layer(name):
    model = build_model(name, 'random')
    size = model.transform.size
    image = np.random.default_rng(1).integers(0, 256, (size, size, 3), np.uint8)
    with feature_extractor(model) as extractor:
        steps = extractor.run(image)
    assert steps.dtype == np.uint8
    assert steps.shape == (extractor.inputs,)
    real = extractor.scale * (steps.astype(np.float32) - extractor.zero_point)
    weight = np.zeros((3, extractor.inputs), np.float32)
    weight[0], weight[1] = real / np.square(real).sum(), -2 * real / np.square(real).sum()
    set_head(model.network, weight, np.array([0, 0, 0.5], np.float32), (-2.0, 1.0))
    with torch.inference_mode(), suppress_torch_warnings():
        pixels = image[..., ::-1].copy() / np.float32(255)
        floats = (pixels - np.float32(model.transform.mean)) / np.float32(model.transform.std)
        batch = torch.from_numpy(floats).permute(2, 0, 1)[None]
        logits = model.network(batch.contiguous(memory_format=torch.channels_last))[0]
    assert np.allclose(logits.numpy(), [1, -2, 0.5], atol=0.05)


def test_network_is_whole_again_after_features_were_taken(random_network):
    network = random_network()
    name, layer = last_layer(network)
    with tapped(network):
        assert network.get_submodule(name) is not layer
    assert network.get_submodule(name) is layer


def test_network_without_such_a_layer_is_refused():
    with pytest.raises(ModelError, match='no fully connected int8 layer'):
        last_layer(nn.Sequential(nn.Conv2d(3, 8, 1)))
