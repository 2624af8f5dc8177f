# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Scales with which ONNX Runtime rounds sums of two quantized tensors as torch's qnnpack does.

qnnpack computes in integers, ONNX Runtime in float32, whose last bit may put a sum on the other
side of half a step. In a third of all sums that concerns one or a few of the 65536 pairs of stored
values, and a residual network carries it on to its logits. Scales that differ by a millionth make
up for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor

_NEAR = 4e-3  # of half a step: scales are changed too little to move a sum by more
_MOST_CHANGE, _CHANGE = 24, 2.0**-23  # at most 3 millionths

Scales = tuple[float, float]  # each exactly a float32


def sum_scales(one: Tensor, other: Tensor, result: Tensor) -> Scales:
    """
    Return the scales of two summands, in steps of their sum.

    :param one: quint8, of any content, as ``other`` and ``result``.
    """
    scales = one.q_scale() / result.q_scale(), other.q_scale() / result.q_scale()
    zero_points = one.q_zero_point(), other.q_zero_point(), result.q_zero_point()
    ours, others = ((np.arange(256) - zero) * scale for zero, scale in zip(zero_points, scales))
    sums = np.add.outer(ours, others) + zero_points[2]
    near = np.abs(sums - np.floor(sums) - 0.5) < _NEAR
    pairs, wanted = np.nonzero(near), _sums_of_qnnpack(one, other, result)[near]

    best, fewest = scales, len(wanted) + 1
    for candidate in _neighbours(*scales):
        wrong = _count_wrong(candidate, zero_points, pairs, wanted)
        if wrong < fewest:
            best, fewest = candidate, wrong
        if not wrong:
            break
    return best


def _neighbours(one: float, other: float) -> Iterator[Scales]:
    """Give scales near two others, the nearest first."""
    changes = range(-_MOST_CHANGE, _MOST_CHANGE + 1)
    pairs = [(ours, others) for ours in changes for others in changes]
    for ours, others in sorted(pairs, key=lambda pair: abs(pair[0]) + abs(pair[1])):
        yield (
            float(np.float32(one * (1 + ours * _CHANGE))),
            float(np.float32(other * (1 + others * _CHANGE))),
        )


def _count_wrong(
    scales: Scales, zero_points: tuple[int, int, int], pairs: Any, wanted: NDArray[np.uint8]
) -> int:
    """Count pairs that float32 rounds otherwise, with and without fused multiply-add."""
    one, other = np.float32(scales[0]), np.float32(scales[1])
    ours, others = (stored.astype(np.float32) for stored in pairs)
    zero, other_zero, result_zero = (np.float32(zero) for zero in zero_points)
    rest = result_zero - (one * zero + other * other_zero)
    fused_rest = result_zero - _fused(one, zero, other * other_zero)
    separate = ours * one + (others * other + rest)
    fused = _fused(ours, one, _fused(others, other, fused_rest))
    return sum(int((np.rint(sums).clip(0, 255) != wanted).sum()) for sums in (separate, fused))


def _fused(factor: Any, other: Any, summand: Any) -> Any:
    """Multiply and add, and round to float32 only then."""
    return (np.float64(factor) * np.float64(other) + np.float64(summand)).astype(np.float32)


def _sums_of_qnnpack(one: Tensor, other: Tensor, result: Tensor) -> NDArray[np.uint8]:
    """Return what qnnpack stores for each pair of stored values, [256, 256]."""
    stored = torch.arange(256, dtype=torch.uint8)
    ours, others = (
        torch._make_per_tensor_quantized_tensor(values, x.q_scale(), x.q_zero_point())
        for values, x in ((stored.repeat_interleave(256), one), (stored.repeat(256), other))
    )
    sums = torch.ops.quantized.add(ours, others, result.q_scale(), result.q_zero_point())
    return sums.int_repr().numpy().reshape(256, 256)  # type: ignore[no-any-return]
