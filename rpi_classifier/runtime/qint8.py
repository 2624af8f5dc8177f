# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Networks for engine qnnpack, rewritten from quint8 to qint8 and back.

Quantization is affine: quint8 with zero point z holds the same numbers as qint8 with z - 128. So
subtracting 128 from the zero point of every output rewrites a network.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import nn, Tensor

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization

_SHIFT = 128


class ByChannel(nn.Module):
    """
    A last, fully connected layer quantized by channel, which torch computes in quint8 only.

    Input in qint8 is converted; the output is quint8. Exported files hold the name of this class.
    """

    def __init__(self, linear: nn.Module) -> None:
        """Wrap a quantized layer."""
        super().__init__()
        self.linear = linear

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, inputs] quint8 or qint8 to [N, outputs] quint8, exactly for both."""
        if x.dtype == torch.qint8:
            zero_point = x.q_zero_point() + 128  # TorchScript cannot see _SHIFT
            x = torch.quantize_per_tensor(x.dequantize(), x.q_scale(), zero_point, torch.quint8)
        return self.linear(x)  # type: ignore[no-any-return]


def wrap_linear_layers(network: nn.Module) -> None:
    """Let fully connected layers quantized by channel accept qint8, too; changes in place."""
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if not isinstance(module, ByChannel) and _is_by_channel_linear(child):
                setattr(module, name, ByChannel(child))


def to_qint8(network: nn.Module) -> None:
    """
    Rewrite all activations from quint8 to qint8; the weights stay.

    :param network: converted int8 network without a quantization stub, eager or scripted, packed
        for qnnpack; changed in place.
    :raises ModelError: if a layer does not allow it; the network is unchanged then.
    """
    if not isinstance(network, torch.jit.ScriptModule):
        wrap_linear_layers(network)
    for module in _shiftable(network):
        weight = quantized_weight(module)
        if weight is None:
            continue
        if _is_by_channel_linear(module):
            raise ModelError('a fully connected layer is quantized by channel')
        by_channel = weight.qscheme() != torch.per_tensor_affine
        zero_points = weight.q_per_channel_zero_points() if by_channel else weight.q_zero_point()
        if np.any(np.asarray(zero_points)):
            raise ModelError('weights have a zero point that is not 0')
    _shift(network, -_SHIFT)


def to_quint8(network: nn.Module) -> None:
    """Undo ``to_qint8``."""
    _shift(network, _SHIFT)


def signed(quantization: Quantization) -> Quantization:
    """Return the same quantization, stored as int8."""
    return replace(quantization, zero_point=quantization.zero_point - _SHIFT, signed=True)


def _shiftable(network: nn.Module) -> list[nn.Module]:
    """Return the modules that quantize their output, except those in ``ByChannel``."""
    modules = dict(network.named_modules())
    return [
        module
        for name, module in modules.items()
        if hasattr(module, 'zero_point') and not _is(modules[name.rpartition('.')[0]], ByChannel)
    ]


def _shift(network: nn.Module, by: int) -> None:
    for module in _shiftable(network):
        module.zero_point = module.zero_point + by  # type: ignore  # an int, or a tensor of one


def _is(module: nn.Module, kind: type[nn.Module]) -> bool:
    """Return True if a module is of a class; scripted modules remember only its name."""
    return getattr(module, 'original_name', type(module).__name__) == kind.__name__


def _is_by_channel_linear(module: nn.Module) -> bool:
    weight = quantized_weight(module)
    return weight is not None and weight.dim() == 2 and weight.qscheme() != torch.per_tensor_affine


def quantized_weight(module: nn.Module) -> Tensor | None:
    """Return the weight of a quantized layer that has an output of its own; None for others."""
    packed = getattr(module, '_packed_params', None)
    if packed is None or not hasattr(module, 'zero_point'):
        return None
    if isinstance(packed, nn.Module):
        return torch.ops.quantized.linear_unpack(packed._packed_params)[0]  # type: ignore
    return torch.ops.quantized.conv2d_unpack(packed)[0]  # type: ignore[no-any-return]
