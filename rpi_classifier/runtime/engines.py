# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Quantized engines of torch: which one to use, and how to move weights to it.

Int8 weights are packed for one engine. Those trained for qnnpack use the full range of eight bits,
and with them x86 processors without VNNI overflow (``headroom``). FBGEMM's depthwise kernels,
which engine x86 also uses, do so even on processors with VNNI.
"""

from __future__ import annotations

import platform
import sys

import torch
from torch import nn, Tensor

from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.errors import ModelError
from rpi_classifier.runtime.headroom import headroom_growth
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings

_WITH_FBGEMM = ('x86', 'fbgemm')


def choose_engine(name: str) -> str:
    """
    Resolve an engine's name.

    ``auto`` is qnnpack on ARM, where it is the only one with fast kernels, and onednn on x86. With
    VNNI engine x86 takes 5 % less time, but its depthwise kernels need coarser weights.

    :raises ModelError: if this torch has no such engine.
    """
    supported = supported_engines()
    arm = platform.machine().lower() in ('aarch64', 'arm64') or sys.platform == 'darwin'
    wanted = [name] if name != 'auto' else ['qnnpack'] if arm else ['onednn', 'x86', 'qnnpack']
    for engine in wanted:
        if engine in supported:
            return engine
    raise ModelError(
        f'engine {name!r} is not in this torch {torch.__version__} for {platform.machine()}; '
        f'choose auto or one of {", ".join(supported)}'
    )


def supported_engines() -> list[str]:
    """Return the names of this torch's quantized engines."""
    return [name for name in torch.backends.quantized.supported_engines if name != 'none']


def needs_exact_products(engine: str, weights_backend: str) -> bool:
    """
    Return True if an engine's sums of byte products could saturate with such weights.

    Networks trained for fbgemm keep activations within seven bits: 127 * 127 * 2 is below 2**15.
    """
    return engine != 'qnnpack' and weights_backend != 'fbgemm'


def move_to_engine(network: nn.Module, engine: str, weights_backend: str = 'qnnpack') -> str:
    """
    Pack all weights of a quantized network again, for another engine.

    :param network: converted int8 network; changed in place.
    :param engine: a supported engine; becomes torch's global engine.
    :param weights_backend: engine for whose range of values the network was trained.
    :returns: one sentence if accuracy was lost, and why; else an empty string.
    """
    torch.backends.quantized.engine = engine
    wide = needs_exact_products(engine, weights_backend)
    layers = coarsened = 0
    with torch.no_grad(), suppress_torch_warnings():
        for module in network.modules():
            if hasattr(module, 'set_weight_bias'):
                weight, bias = module._weight_bias()  # type: ignore[operator]
                saturates = wide and saturates_in(engine, weight)
                fitting = with_headroom(weight) if saturates else weight
                layers, coarsened = layers + 1, coarsened + (fitting is not weight)
                module.set_weight_bias(fitting, bias)  # type: ignore[operator]
    if not coarsened:
        return ''
    if has_exact_byte_products():
        why, other = 'in its depthwise kernels', 'onednn takes them as they are'
    else:
        why, other = 'on processors without VNNI', 'qnnpack takes them, but is slower'
    return (
        f'{coarsened} of {layers} layers have slightly coarser weights: they use all eight bits, '
        f'and engine {engine} would overflow {why}; engine {other}'
    )


def saturates_in(engine: str, weight: Tensor) -> bool:
    """
    Return True if an engine multiplies the bytes of a layer inexactly on this processor.

    :param weight: [out, in / groups, ...].
    """
    if not has_exact_byte_products():
        return True
    depthwise = weight.dim() == 4 and weight.shape[1] == 1
    return engine in _WITH_FBGEMM and depthwise


def with_headroom(weight: Tensor) -> Tensor:
    """
    Coarsen only those output channels whose byte products could saturate.

    :param weight: [out, ...] qint8, per tensor or per channel along axis 0.
    :returns: the same weight if nothing can saturate, else a qint8 tensor quantized per channel.
    """
    growth = torch.from_numpy(headroom_growth(weight.int_repr().numpy()))
    if (growth == 1).all():
        return weight
    zero_points = torch.zeros(len(growth), dtype=torch.int64)
    return torch.quantize_per_channel(
        weight.dequantize(), channel_scales(weight) * growth, zero_points, 0, torch.qint8
    )


def channel_scales(weight: Tensor) -> Tensor:
    """Return the scales of a weight, [out] float64, even if it is quantized per tensor."""
    if weight.qscheme() == torch.per_tensor_affine:
        return torch.full((len(weight),), weight.q_scale(), dtype=torch.float64)
    return weight.q_per_channel_scales().to(torch.float64)
