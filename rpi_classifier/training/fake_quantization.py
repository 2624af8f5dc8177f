# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Quantization-aware training in torch's eager mode, for engine qnnpack.

In training, weights and activations are rounded as the int8 network will round them. Weights have
a scale per channel, as what is quantized after training has.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn, Tensor
from torch.ao.nn.intrinsic.qat import ConvReLU2d
from torch.ao.quantization import (
    convert,
    default_fused_per_channel_wt_fake_quant,
    disable_fake_quant,
    disable_observer,
    enable_fake_quant,
    get_default_qat_qconfig,
    prepare_qat,
    QConfig,
)

from rpi_classifier.models.architecture import ENGINE
from rpi_classifier.models.post_training import batched_logits
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings

_RELU6 = 6.0


class FakeQuantized:
    """A float network that computes as its int8 form will."""

    def __init__(self, network: nn.Module, relu6: bool, images: Tensor) -> None:
        """
        Insert fake quantization, and observe the ranges of activations.

        :param network: fused, in eval mode, [N, 3, size, size] -> [N, classes]; its modules are
            reused.
        :param relu6: whether activations end at six.
        :param images: photos as its input, to observe with.
        """
        qconfig = QConfig(
            activation=get_default_qat_qconfig(ENGINE).activation,
            weight=default_fused_per_channel_wt_fake_quant,
        )
        with suppress_torch_warnings():
            prepared: Any = network.train()
            prepared.qconfig = qconfig
            self.network: nn.Module = prepare_qat(prepared, inplace=True)
        self._hooks = [
            # Before torch's own hook, which observes.
            module.register_forward_hook(_limit, prepend=True)
            for module in self.network.modules()
            if relu6 and isinstance(module, ConvReLU2d)
        ]
        self.network.apply(disable_fake_quant).eval()
        with torch.no_grad():
            batched_logits(self.network, images)
        self.network.apply(enable_fake_quant)

    def freeze_ranges(self) -> None:
        """Keep the ranges of activations as they are from now on."""
        self.network.apply(disable_observer)

    def convert(self) -> nn.Module:
        """Return the int8 network, packed for qnnpack; this one is used up."""
        torch.backends.quantized.engine = ENGINE
        for hook in self._hooks:
            hook.remove()
        with torch.no_grad(), suppress_torch_warnings():
            return convert(self.network.eval(), inplace=True)  # type: ignore[no-any-return]


def _limit(_: nn.Module, __: Any, output: Tensor) -> Tensor:
    return output.clamp(max=_RELU6)
