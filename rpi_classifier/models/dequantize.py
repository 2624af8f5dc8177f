# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Converts int8 networks to float, module by module, for tools that quantize in their own way.

torchvision publishes its quantized networks in int8 only. The float of a weight is exactly its
step times its scale; batch norms are already folded in. Lost are what training in int8 lost, and
the limits of the activations' ranges.
"""

from __future__ import annotations

from typing import Any

from torch import nn
import torch.ao.nn.intrinsic.quantized as fused
import torch.ao.nn.quantized as quantized

from rpi_classifier.errors import ModelError


def dequantized(network: nn.Module) -> nn.Module:
    """
    Replace all int8 modules by float ones with the same weights.

    :param network: converted int8 network, in eager mode; changed in place.
    :raises ModelError: if it has an int8 module of an unknown kind.
    """
    for name, child in list(network.named_children()):
        setattr(network, name, dequantized(_as_float(child)))
    return network


def _as_float(module: Any) -> nn.Module:
    """Return the float form of one module; a module that is not quantized stays as it is."""
    if isinstance(module, (fused.ConvReLU2d, fused.LinearReLU)):
        return nn.Sequential(_layer(module), nn.ReLU())
    if isinstance(module, (quantized.Conv2d, quantized.Linear)):
        return _layer(module)
    if isinstance(module, quantized.QFunctional):
        return quantized.FloatFunctional()  # type: ignore[no-any-return]
    if isinstance(module, (quantized.Quantize, quantized.DeQuantize, quantized.Dropout)):
        return nn.Identity()
    if isinstance(module, quantized.Hardswish):
        return nn.Hardswish()
    if type(module).__module__.startswith('torch.ao.nn'):
        raise ModelError(
            f'a network with the int8 module {type(module).__name__} cannot be made float; export '
            'another model'
        )
    return module  # type: ignore[no-any-return]


def _layer(module: Any) -> nn.Module:
    weight, bias = module._weight_bias()
    layer: Any
    if isinstance(module, quantized.Linear):
        layer = nn.Linear(module.in_features, module.out_features, bias is not None)
    else:
        layer = nn.Conv2d(
            module.in_channels,
            module.out_channels,
            module.kernel_size,
            module.stride,
            module.padding,
            module.dilation,
            module.groups,
            bias is not None,
        )
    layer.weight = nn.Parameter(weight.dequantize().contiguous(), requires_grad=False)
    if bias is not None:
        layer.bias = nn.Parameter(bias.detach(), requires_grad=False)
    return layer  # type: ignore[no-any-return]
