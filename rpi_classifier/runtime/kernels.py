# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Kernels of engine qnnpack: its own, or XNNPACK's, which may be faster on ARM.

Torch takes XNNPACK's for activations in qint8, where it was built with them. Quantization is
affine: quint8 with zero point z holds the same numbers as qint8 with z - 128. So a network is
rewritten by taking 128 off the zero point of every output; whether this torch has the kernels, and
whether they compute the same, is found out by trying.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
import platform

import numpy as np
import torch
from torch import nn, Tensor

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization
from rpi_classifier.runtime import known_answer

_SHIFT = 128


class ByChannel(nn.Module):
    """
    A last, fully connected layer quantized by channel, which torch computes in quint8 only.

    Its input is brought there; its output stays there.
    """

    def __init__(self, linear: nn.Module) -> None:
        """Wrap a quantized layer."""
        super().__init__()
        self.linear = linear

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, inputs] quint8 or qint8 to [N, outputs] quint8; exact, whichever it is."""
        if x.dtype == torch.qint8:
            scale, zero_point = x.q_scale(), x.q_zero_point() + 128
            x = torch.quantize_per_tensor(x.dequantize(), scale, zero_point, torch.quint8)
        return self.linear(x)  # type: ignore[no-any-return]


def wants_xnnpack(kernels: str, engine: str) -> bool:
    """
    Tell whether XNNPACK's kernels are to be tried.

    :param kernels: as in the config; ``auto`` tries on ARM only, other builds of torch lack them.
    :param engine: the one that the network runs on.
    :raises ModelError: if other kernels than the engine's are asked for.
    """
    if engine == 'qnnpack':
        arm = platform.machine().lower() in ('aarch64', 'arm64')
        return kernels == 'xnnpack' or (kernels == 'auto' and arm)
    if kernels != 'auto':
        raise ModelError(
            f'kernels: {kernels!r} are of engine qnnpack, but the engine here is {engine}; set '
            'engine: qnnpack, or kernels: auto'
        )
    return False


def wrap(network: nn.Module) -> None:
    """Let fully connected layers quantized by channel take qint8 too; changed in place."""
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if not isinstance(module, ByChannel) and _is_by_channel_linear(child):
                setattr(module, name, ByChannel(child))


def to_qint8(network: nn.Module) -> None:
    """
    Rewrite all activations from quint8 to qint8; the weights stay.

    :param network: converted int8 network without a quantization stub, eager or scripted, packed
        for qnnpack; changed in place.
    :raises ModelError: if a layer does not allow it; then nothing was changed.
    """
    if not isinstance(network, torch.jit.ScriptModule):
        wrap(network)
    for module in _shiftable(network):
        weight = _weight(module)
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
    """Take back ``to_qint8``."""
    _shift(network, _SHIFT)


def signed(quantization: Quantization) -> Quantization:
    """Return the same quantization, stored as int8."""
    return replace(quantization, zero_point=quantization.zero_point - _SHIFT, signed=True)


def compare(
    answers: Sequence[known_answer.Logits], references: Sequence[known_answer.Logits]
) -> str:
    """
    Compare the logits of XNNPACK's kernels with those of qnnpack's.

    :returns: one phrase.
    :raises ModelError: if they differ by more than the known-answer check allows.
    """
    if all(np.array_equal(*pair) for pair in zip(answers, references)):
        return "logits bit-equal to qnnpack's"
    return f'known answer against qnnpack {known_answer.check(answers, references)}'


def _shiftable(network: nn.Module) -> list[nn.Module]:
    """Return the modules that quantize their output, but for those in ``ByChannel``."""
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
    """Scripted modules remember the name of their class."""
    return getattr(module, 'original_name', type(module).__name__) == kind.__name__


def _is_by_channel_linear(module: nn.Module) -> bool:
    weight = _weight(module)
    return weight is not None and weight.dim() == 2 and weight.qscheme() != torch.per_tensor_affine


def _weight(module: nn.Module) -> Tensor | None:
    packed = getattr(module, '_packed_params', None)
    if packed is None or not hasattr(module, 'zero_point'):
        return None
    if isinstance(packed, nn.Module):
        return torch.ops.quantized.linear_unpack(packed._packed_params)[0]  # type: ignore
    return torch.ops.quantized.conv2d_unpack(packed)[0]  # type: ignore[no-any-return]
