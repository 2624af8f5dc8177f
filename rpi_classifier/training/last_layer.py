# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The last layer of an int8 network: its input, and its replacement for other classes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
import torch.ao.nn.quantized as quantized

from rpi_classifier.errors import ModelError
from rpi_classifier.models.architecture import put_layer
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings

_MARGIN = 0.25  # of the range of logits, on either side, for what training has not shown
_STEPS = 255
_LEAST_SHARE = 0.01  # of the largest weight: the smallest full scale of a class
_LEAST_WEIGHT = 1e-4


class Tap(nn.Module):
    """Takes the place of the last layer, and keeps its input."""

    def __init__(self) -> None:
        """Start without an input."""
        super().__init__()
        self.seen: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Keep [N, inputs] quint8, and return it."""
        self.seen = x
        return x


def last_layer(network: nn.Module) -> tuple[str, Any]:
    """
    Return the name and the module of the last fully connected layer.

    :raises ModelError: if there is no quantized one.
    """
    found = [
        (name, module)
        for name, module in network.named_modules()
        if isinstance(module, quantized.Linear)
    ]
    if not found:
        raise ModelError(
            f'a network of class {type(network).__name__} has no fully connected int8 layer that '
            'own classes could take the place of; train another model'
        )
    return found[-1]


@contextmanager
def tapped(network: nn.Module) -> Iterator[Tap]:
    """Take the last layer out of a network, and put it back at the end of the context."""
    name, layer = last_layer(network)
    tap = Tap()
    put_layer(network, name, tap)
    try:
        yield tap
    finally:
        put_layer(network, name, layer)


def set_head(
    network: nn.Module,
    weight: NDArray[np.float32],
    bias: NDArray[np.float32],
    logits: tuple[float, float],
) -> None:
    """
    Replace the last layer by one for other classes, quantized by channel.

    :param network: packed for torch's current engine; changed in place.
    :param weight: [classes, inputs] for the inputs as real numbers.
    :param bias: [classes].
    :param logits: the range of the output over the photos; a margin is added.
    """
    name, former = last_layer(network)
    with torch.no_grad(), suppress_torch_warnings():
        layer = quantized.Linear(former.in_features, len(weight))
        layer.set_weight_bias(_by_channel(torch.from_numpy(weight)), torch.from_numpy(bias))
    layer.scale, layer.zero_point = _output_range(*logits)
    put_layer(network, name, layer.eval())


def _by_channel(weight: Tensor) -> Tensor:
    """Return weights with a scale for each output, symmetric, with steps from -127 to 127."""
    largest = weight.abs().amax(dim=1)
    # Biases are 32-bit multiples of these scales; they overflow where a scale is next to nothing.
    least = max(_LEAST_SHARE * float(largest.max()), _LEAST_WEIGHT)
    scales = largest.clamp(min=least).double() / 127
    zeros = torch.zeros(len(scales), dtype=torch.int64)
    return torch.quantize_per_channel(weight.contiguous(), scales, zeros, 0, torch.qint8)


def _output_range(low: float, high: float) -> tuple[float, int]:
    """Return scale and zero point of eight bits that hold a range with its margin, and 0."""
    margin = _MARGIN * max(high - low, 1e-3)
    low, high = min(low - margin, 0.0), max(high + margin, 0.0)
    scale = (high - low) / _STEPS
    return scale, round(-low / scale)
