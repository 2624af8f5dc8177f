# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The float network that fine-tuning begins with: fused, batch norms folded into convolutions.

Batches of a few photos give no useful statistics to batch norms, so these keep those of ImageNet.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import torch
from torch import nn
import torch.ao.nn.quantized as quantized

from rpi_classifier.errors import WeightsError
from rpi_classifier.models import build
from rpi_classifier.models.architecture import (
    float_network,
    fused_network,
    has_relu6,
    head_name,
    put_layer,
    torchvision_models,
    WITH_AUXILIARY_HEADS,
)
from rpi_classifier.models.cached_weights import check_cached_weights
from rpi_classifier.models.network_state import inspect_state, load_state
from rpi_classifier.models.zoo import get_spec, packaged_weights

_REACHED_WITHIN_S = 5.0


def float_from_int8(int8: nn.Module, architecture: str, classes: int) -> nn.Module:
    """Return the fused float network with the weights of an int8 one, whose steps they keep."""
    network = fused_network(architecture, float_network(architecture, classes))
    for name, module in int8.named_modules():
        if isinstance(module, (quantized.Conv2d, quantized.Linear)):
            weight, bias = module._weight_bias()
            _set_layer(network, name, weight.dequantize(), bias.detach())
    return network


def published_float(int8: nn.Module, architecture: str, classes: int) -> tuple[nn.Module, bool]:
    """
    Return the fused float network with published weights, and the last layer of an int8 one.

    :returns: the network, and whether its activations end at six.
    :raises WeightsError: if the weights are not here, and cannot be downloaded.
    """
    if get_spec(architecture).url:
        network = float_network(architecture, 1000)
        load_state(network, inspect_state(_downloaded(architecture), architecture))
    else:
        network = build.float_efficientnet_lite0(packaged_weights(architecture))
    last: Any = network.get_submodule(head_name(architecture))
    put_layer(network, head_name(architecture), nn.Linear(last.in_features, classes))
    network = fused_network(architecture, network)
    inside = 'network.' if architecture in WITH_AUXILIARY_HEADS else ''
    name = f'{inside}{head_name(architecture)}'
    head: Any = int8.get_submodule(name)
    weight, bias = head._weight_bias()
    _set_layer(network, name, weight.dequantize(), bias.detach())
    return network, has_relu6(architecture)


def _set_layer(network: nn.Module, name: str, weight: torch.Tensor, bias: torch.Tensor) -> None:
    layer: Any = network.get_submodule(name)
    if isinstance(layer, nn.Sequential):  # fused with its ReLU
        layer = layer[0]
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)


def _downloaded(architecture: str) -> dict[str, Any]:
    """Return the weights that the int8 ones were made of, out of torch's cache or downloaded."""
    weights = (
        torchvision_models()
        .get_model_weights(f'quantized_{architecture}')
        .DEFAULT.meta['unquantized']
    )
    path = Path(torch.hub.get_dir()) / 'checkpoints' / weights.url.rpartition('/')[2]
    try:
        if not path.exists():
            request = Request(weights.url, method='HEAD')
            with closing(urlopen(request, timeout=_REACHED_WITHIN_S)):
                pass
        state = dict(weights.get_state_dict(progress=False, check_hash=True))
        if caution := check_cached_weights(path):
            raise WeightsError(caution)
        return state
    except WeightsError:
        raise
    except Exception as error:  # torch.hub and torch.load raise nearly everything
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise WeightsError(
            f'{path} does not exist or cannot be read, and {weights.url} cannot be '
            f'downloaded ({reason})'
        ) from error
