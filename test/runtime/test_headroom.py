# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Coarser weights where sums of byte products would saturate, and nowhere else."""

import numpy as np
import pytest

from rpi_classifier.runtime.headroom import headroom_growth


@pytest.mark.parametrize(
    ('weights', 'factor'),
    [
        ([64, 64, 0], 1),  # 255 * 128 is below 2**15
        ([127, 2, 0], 129 / 127),
        ([127, 127, -128], 2),
        ([-128, -128, 5], 256 / 127),
        ([127, -128, 0], 1),  # of different signs: the sum is small
        ([127], 1),
    ],
)
def test_scale_grows_by_the_excess_of_the_two_largest_weights_of_one_sign(weights, factor):
    (growth,) = headroom_growth(np.array([weights], np.int8))
    assert growth == pytest.approx(factor)


def test_coarsened_weights_cannot_saturate():
    weights = np.random.default_rng(0).integers(-128, 128, (200, 4, 3, 3), np.int8)
    growth = headroom_growth(weights)
    steps = np.rint(weights.reshape(200, -1) / growth[:, None])
    largest = np.sort(np.stack([steps, -steps]), axis=2)[:, :, -2:].sum(axis=2)
    assert growth.min() > 1
    assert 255 * largest.max() < 2**15
