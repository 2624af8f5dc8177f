# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Scales of sums with which float32 rounds every pair of bytes as qnnpack's integers do."""

import numpy as np
import pytest
import torch

from rpi_classifier.models.onnx_sums import _sums_of_qnnpack, sum_scales

IN_A_BLOCK_OF_MOBILENET_V2 = (0.95129704, 0.5062175, 1.0), (129, 137, 129)


def in_float32(scales, zero_points):
    """Return what ONNX Runtime stores for each pair, multiplied and added in two steps."""
    one, other = (np.float32(scale) for scale in scales)
    steps = np.arange(256, dtype=np.float32)
    rest = np.float32(zero_points[2]) - (one * zero_points[0] + other * zero_points[1])
    sums = steps[:, None] * one + (steps[None, :] * other + rest)
    return np.rint(sums).clip(0, 255).astype(np.uint8)


@pytest.fixture(autouse=True)
def qnnpack():
    before = torch.backends.quantized.engine
    torch.backends.quantized.engine = 'qnnpack'
    yield
    torch.backends.quantized.engine = before


@pytest.mark.parametrize(
    ('scales', 'zero_points'),
    [IN_A_BLOCK_OF_MOBILENET_V2, ((0.3, 0.7, 0.9), (3, 100, 17)), ((1.0, 0.25, 2.0), (0, 0, 0))],
)
def test_every_pair_is_rounded_as_by_qnnpack(scales, zero_points):
    tensors = [
        torch.quantize_per_tensor(torch.zeros(1), scale, zero_point, torch.quint8)
        for scale, zero_point in zip(scales, zero_points)
    ]
    wanted, chosen = _sums_of_qnnpack(*tensors), sum_scales(*tensors)
    np.testing.assert_allclose(chosen, np.array(scales[:2]) / scales[2], rtol=4e-6)
    np.testing.assert_array_equal(in_float32(chosen, zero_points), wanted)


def test_own_scales_would_round_some_pairs_otherwise():
    scales, zero_points = IN_A_BLOCK_OF_MOBILENET_V2
    tensors = [
        torch.quantize_per_tensor(torch.zeros(1), scale, zero_point, torch.quint8)
        for scale, zero_point in zip(scales, zero_points)
    ]
    different = in_float32(scales[:2], zero_points) != _sums_of_qnnpack(*tensors)
    assert np.argwhere(different).tolist() == [[123, 90], [135, 184]]
