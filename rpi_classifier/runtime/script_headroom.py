# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The headroom of int8 weights for TorchScript networks, which cannot pack their weights again.

``engines.with_headroom`` says why x86 processors without VNNI need it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.runtime.engines import needs_exact_products, saturates_in, with_headroom
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings

_CONV = 'Conv2dPackedParamsBase'
_LINEAR = 'LinearPackedParamsBase'
_DYNAMIC = '.quantized.dynamic.'  # leaves headroom in the activations


def give_headroom(network: nn.Module, engine: str) -> str:
    """
    Coarsen the channels of an int8 network that would saturate on this processor.

    Nobody knows which range of values the network was trained for, so all eight bits are assumed.

    :param network: TorchScript with int8 weights, packed for ``engine``; changed in place.
    :returns: one sentence if weights became coarser or cannot be reached; else an empty string.
    """
    if not needs_exact_products(engine, 'unknown'):
        return ''
    with torch.no_grad(), suppress_torch_warnings():
        layers = _static_layers(network)
        coarsened = sum(_make_fit(layer, engine) for layer in layers)
    if not layers and not has_exact_byte_products():
        return (
            f'its int8 weights are frozen, and engine {engine} may overflow with them on this '
            'processor; set engine: qnnpack, or save the network before it is frozen'
        )
    if not coarsened:
        return ''
    return (
        f'{coarsened} of {len(layers)} int8 layers have slightly coarser weights: engine {engine} '
        'would overflow with them on this processor; engine qnnpack takes them, but is slower'
    )


def _static_layers(network: nn.Module) -> list[nn.Module]:
    """Return the modules that hold packed weights, except those of dynamic quantization."""
    modules: dict[str, Any] = dict(network.named_modules())
    dynamic = [f'{name}.' for name, module in modules.items() if _DYNAMIC in _class_of(module)]
    return [
        module
        for name, module in modules.items()
        if isinstance(getattr(module, '_packed_params', None), torch.ScriptObject)
        and not f'{name}.'.startswith(tuple(dynamic))
    ]


def _class_of(module: Any) -> str:
    return str(module._c._type().qualified_name())


def _make_fit(module: Any, engine: str) -> bool:
    """Pack the weights of a layer again if they can saturate; True if they became coarser."""
    packed = module._packed_params
    fitting = _repacked(packed, engine)
    if fitting is not packed:
        module._packed_params = fitting
    return fitting is not packed


def _repacked(packed: Any, engine: str) -> Any:
    """Return the parameters of a layer with headroom; the same object if it needs none."""
    kind = packed._type().name()
    if kind == _CONV:
        weight, bias = torch.ops.quantized.conv2d_unpack(packed)
    elif kind == _LINEAR:
        weight, bias = torch.ops.quantized.linear_unpack(packed)
    else:
        return packed
    fitting = with_headroom(weight) if saturates_in(engine, weight) else weight
    if fitting is weight:
        return packed
    if kind == _LINEAR:
        return torch.ops.quantized.linear_prepack(fitting, bias)
    operations = torch.ops.quantized
    return operations.conv2d_prepack(
        fitting,
        bias,
        operations.conv2d_stride(packed),
        operations.conv2d_padding(packed),
        operations.conv2d_dilation(packed),
        operations.conv2d_groups(packed),
    )
