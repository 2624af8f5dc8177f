# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The zoo's architectures with any number of classes: in float, prepared for training, in int8."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn, Tensor
from torch.ao.nn.intrinsic import ConvReLU2d
from torch.ao.quantization import convert, prepare, prepare_qat, QConfig

from rpi_classifier.errors import TorchError
from rpi_classifier.models.efficientnet_lite import EfficientNetLite0
from rpi_classifier.runtime.torch_releases import require_torchvision, torchvision_advice
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings, torch_reason
from rpi_classifier.versions import installed

ENGINE = 'qnnpack'  # whose products are exact: what is quantized here is packed for it

# Their forward undoes ImageNet's normalization (transform_input) and, once scripted, returns a
# tuple with the outputs of auxiliary heads, with a warning at every call.
WITH_AUXILIARY_HEADS = ('googlenet', 'inception_v3')

# The name of the last layer; of all others it is fc.
_HEADS = {'mobilenet_v2': 'classifier.1', 'mobilenet_v3_large': 'classifier.3'}
# Architectures whose float form has ReLU6, although torchvision's quantizable form has ReLU.
_WITH_RELU6 = ('mobilenet_v2', 'efficientnet_lite0')


class MainHead(nn.Module):
    """
    googlenet or inception_v3 as a plain network: [N, 3, H, W] -> [N, classes] logits.

    The input is normalized to [-1, 1], as the trained network expects it.
    """

    def __init__(self, network: nn.Module) -> None:
        """Wrap torchvision's network and take over its stubs."""
        super().__init__()
        self.quant, self.dequant = network.quant, network.dequant
        network.quant = network.dequant = nn.Identity()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        return self.dequant(self.network._forward(self.quant(x))[0])  # type: ignore


def float_network(name: str, classes: int = 1000) -> nn.Module:
    """Build the quantizable float form with random weights, without auxiliary heads."""
    if name == 'efficientnet_lite0':
        return EfficientNetLite0(classes)
    options: dict[str, Any] = options_for_heads(
        name, aux_logits=False, init_weights=False, transform_input=False
    )
    return torchvision_network(name, None, quantize=False, num_classes=classes, **options)


def prepared_network(name: str, classes: int, qconfig: QConfig) -> nn.Module:
    """Build the form for quantization-aware training: fused, with fake quantization."""
    network = float_network(name, classes).train()
    with suppress_torch_warnings():
        network.fuse_model(is_qat=True)  # type: ignore[operator]
        network.qconfig = qconfig  # type: ignore[assignment]
        return prepare_qat(network, inplace=True)  # type: ignore[no-any-return]


def int8_network(name: str, classes: int, qconfig: QConfig) -> nn.Module:
    """Build the int8 form, whose weights and ranges mean nothing until they are loaded."""
    network = float_network(name, classes).eval()
    torch.backends.quantized.engine = ENGINE
    with suppress_torch_warnings():
        network.fuse_model(is_qat=False)  # type: ignore[operator]
        network.qconfig = qconfig  # type: ignore[assignment]
        return convert(prepare(network, inplace=True), inplace=True)  # type: ignore[no-any-return]


def head_name(name: str) -> str:
    """Return the name of an architecture's last layer."""
    return _HEADS.get(name, 'fc')


def has_relu6(name: str) -> bool:
    """Return True if an architecture has ReLU6, not ReLU."""
    return name in _WITH_RELU6


def limit_activations(fused: nn.Module, relu6: bool) -> None:
    """
    Make the fused ReLUs of a float network ReLU6, or ReLU.

    :param relu6: True for ReLU6; the int8 network then has ReLU, with a range that ends at six.
    """
    for module in fused.modules():
        if isinstance(module, ConvReLU2d):
            module[1] = nn.ReLU6() if relu6 else nn.ReLU()


def put_layer(network: nn.Module, name: str, layer: nn.Module) -> None:
    """Put a module in the place of the one that has a name."""
    parent, _, own = name.rpartition('.')
    setattr(network.get_submodule(parent), own, layer)


def fused_network(name: str, network: nn.Module) -> nn.Module:
    """
    Fold the batch norms of a float network into its convolutions, and its ReLUs too.

    :param name: of its architecture.
    :param network: as ``float_network`` builds it; changed in place.
    :returns: a network in eval mode that gives logits only.
    """
    network.eval()
    with suppress_torch_warnings():
        network.fuse_model(is_qat=False)  # type: ignore[operator]
    return single_output(name, network)


def single_output(name: str, network: nn.Module) -> nn.Module:
    """Return a network of torchvision that gives logits only, in eval mode."""
    return (MainHead(network) if name in WITH_AUXILIARY_HEADS else network).eval()


def options_for_heads(name: str, **options: bool) -> dict[str, bool]:
    """Return the options if the network has auxiliary heads; the others do not take them."""
    return options if name in WITH_AUXILIARY_HEADS else {}


def torchvision_network(name: str, weights: Any, **options: Any) -> nn.Module:
    """
    Build torchvision's quantizable network of that name.

    :raises TorchError: if there is no torchvision that can be imported.
    """
    get_model = torchvision_models().get_model
    return get_model(f'quantized_{name}', weights=weights, **options)  # type: ignore[no-any-return]


def torchvision_models() -> Any:
    """
    Import torchvision.models.

    :raises TorchError: if torchvision is not installed, or not made for this torch.
    """
    require_torchvision()
    try:
        from torchvision import models
    except Exception as error:  # a RuntimeError if it was made for another torch
        raise TorchError(
            f'torchvision {installed("torchvision")} cannot be imported ({torch_reason(error)}); '
            f'{torchvision_advice(torch.__version__)}'
        ) from error
    return models
