# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Quantization after training: photos give the ranges of activations.

Activations use all eight bits, weights have a scale per channel: MobileNet's depthwise layers lose
most of their accuracy with one scale per layer (Krishnamoorthi, 2018, table 3).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn, Tensor
from torch.ao.nn.intrinsic.modules.fused import _FusedModule
from torch.ao.quantization import (
    convert,
    HistogramObserver,
    PerChannelMinMaxObserver,
    prepare,
    QConfig,
)

from rpi_classifier.models.architecture import ENGINE
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings

BATCH = 20


def calibrated_qconfig() -> QConfig:
    """Return how weights and activations are observed for quantization after training."""
    return QConfig(
        activation=HistogramObserver.with_args(dtype=torch.quint8, reduce_range=False),
        weight=PerChannelMinMaxObserver.with_args(
            dtype=torch.qint8, qscheme=torch.per_channel_symmetric
        ),
    )


def quantize_calibrated(network: nn.Module, images: Tensor) -> nn.Module:
    """
    Convert a float network to int8.

    :param network: fused, in eval mode; its modules are reused.
    :param images: [N, 3, size, size] normalized, to calibrate on.
    :returns: the network, packed for qnnpack, which becomes torch's global engine.
    """
    torch.backends.quantized.engine = ENGINE
    observed: Any = network
    with torch.no_grad(), suppress_torch_warnings():
        observed.qconfig = calibrated_qconfig()
        prepare(observed, inplace=True)
        _observe_once(observed)
        for batch in images.split(BATCH):
            observed(batch)
        return convert(observed, inplace=True)  # type: ignore[no-any-return]


def _observe_once(network: nn.Module) -> None:
    """Take a fused layer's hook off: torch adds its observer to the sequence of its parts, too."""
    for module in network.modules():
        if isinstance(module, _FusedModule) and 'activation_post_process' in module._modules:
            module._forward_hooks.clear()


def batched_logits(network: nn.Module, images: Tensor) -> Tensor:
    """Return a network's logits for images, [N, classes]."""
    with torch.inference_mode(), suppress_torch_warnings():
        return torch.cat([network(batch) for batch in images.split(BATCH)])
