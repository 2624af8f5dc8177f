# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Coarser weights for x86 processors without VNNI, whose fast kernels overflow with the exact ones.

The file holds the exact weights; ``runtime.headroom`` says what overflows. ONNX Runtime has exact
kernels for such processors, too, but they take a third more time at the same accuracy.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.models.onnx_constants import BIAS, read_constants, SCALE, WEIGHT
from rpi_classifier.runtime.headroom import headroom_growth


def with_onnx_headroom(network: bytes) -> bytes:
    """
    Coarsen those output channels of an exported network whose products could overflow.

    :returns: a network of the same length; only weights, biases and their scales differ.
    """
    changed = bytearray(network)
    constants = read_constants(memoryview(changed))
    for name, weight in constants.items():
        if name.endswith(WEIGHT) and not _is_depthwise(weight):
            growth = headroom_growth(weight)
            _coarsen(weight, constants[name + SCALE], growth)
            bias = name.removesuffix(WEIGHT) + BIAS
            if bias in constants:
                _coarsen(constants[bias], constants[bias + SCALE], growth)
    return bytes(changed)


def _is_depthwise(weight: NDArray[Any]) -> bool:
    """Return True for kernels of ONNX Runtime that multiply exactly everywhere."""
    return weight.ndim == 4 and weight.shape[1] == 1


def _coarsen(
    steps: NDArray[Any], scales: NDArray[np.float32], growth: NDArray[np.float64]
) -> None:
    """Store the same values, [out, ...], with larger steps; in place."""
    steps[:] = np.rint(steps / growth.reshape(-1, *[1] * (steps.ndim - 1)))
    scales *= growth
