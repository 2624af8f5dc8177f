# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Builds the int8 networks of the zoo, with trained or random weights.

torchvision refuses weights trained for an engine that this torch lacks (fbgemm on ARM). The
content of its files does not depend on the engine, though, so the network is quantized for an
engine that is there, which packs the same weights.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

from rpi_classifier.models import data_free_quantization
from rpi_classifier.models.architecture import (
    float_network,
    options_for_heads,
    single_output,
    torchvision_models,
    torchvision_network,
)
from rpi_classifier.models.efficientnet_lite import EfficientNetLite0, from_published
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings

# torchvision would unpickle any code in files of torch's cache; this lets torch load tensors only.
os.environ.setdefault('TORCH_FORCE_WEIGHTS_ONLY_LOAD', '1')


def trained_network(name: str, weights_backend: str) -> nn.Module:
    """
    Build a network of torchvision with its trained int8 weights.

    :raises Exception: whatever torch.hub and torch.load raise.
    """
    weights = torchvision_models().get_model_weights(f'quantized_{name}').DEFAULT
    options = options_for_heads(name, transform_input=False)
    with suppress_torch_warnings():
        if weights_backend in torch.backends.quantized.supported_engines:
            network = torchvision_network(name, weights, quantize=True, progress=False, **options)
        else:
            state = weights.get_state_dict(progress=False, check_hash=True)
            network = repacked_network(name, state)
    return single_output(name, network)


def repacked_network(name: str, state: dict[str, Any]) -> nn.Module:
    """Build a network of torchvision from int8 weights for an engine that this torch lacks."""
    options = options_for_heads(name, transform_input=False, aux_logits=True, init_weights=False)
    network: Any = torchvision_network(name, None, quantize=True, backend='qnnpack', **options)
    if name == 'inception_v3':
        network.aux_logits, network.AuxLogits = False, None
    network.load_state_dict(state)
    if name == 'googlenet':
        network.aux_logits, network.aux1, network.aux2 = False, None, None
    return network  # type: ignore[no-any-return]


def random_network(name: str, weights_backend: str, size: int) -> nn.Module:
    """
    Quantize a network with random weights whose activations are as large as a trained one's.

    Untrained batch norms would let them fade to nothing, so two batches pass through them first.
    """
    engine = weights_backend
    if engine not in torch.backends.quantized.supported_engines:
        engine = 'qnnpack'
    with torch.random.fork_rng(devices=[]), torch.no_grad(), suppress_torch_warnings():
        torch.manual_seed(0)
        network = float_network(name).train()
        if isinstance(network, EfficientNetLite0):
            _vary_batch_norms(network)
        for _ in range(2):
            network(torch.randn(2, 3, size, size))
        network.eval()
        if isinstance(network, EfficientNetLite0):
            logits = network(torch.randn(2, 3, size, size))
            return data_free_quantization.quantize(
                network, (float(logits.min()), float(logits.max()))
            )
        from torchvision.models.quantization.utils import quantize_model

        quantize_model(network, engine)
    return single_output(name, network)


def _vary_batch_norms(network: nn.Module) -> None:
    """
    Give batch norms different sizes, as training does.

    With equal ones, and ranges that come from batch norms, half of a step of one summand is
    exactly half of a step of the sum, which runtimes round up or down as they like.
    """
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)


def efficientnet_lite0(path: Path) -> nn.Module:
    """Quantize the published float weights of EfficientNet-Lite0."""
    return data_free_quantization.quantize(float_efficientnet_lite0(path))


def float_efficientnet_lite0(path: Path) -> EfficientNetLite0:
    """Load the published float weights of EfficientNet-Lite0."""
    network = EfficientNetLite0().eval()
    state = torch.load(path, map_location='cpu', weights_only=True)
    network.load_state_dict(from_published(state))
    return network


def imagenet_labels() -> tuple[str, ...]:
    """
    Return the names of ImageNet's 1000 classes as torchvision has them.

    :raises TorchError: if there is no torchvision.
    """
    weights = torchvision_models().get_model_weights('quantized_mobilenet_v2').DEFAULT
    return tuple(weights.meta['categories'])
