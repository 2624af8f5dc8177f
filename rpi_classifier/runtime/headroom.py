# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
How much coarser weights must be so that the fast kernels of x86 processors do not overflow.

Without VNNI they multiply bytes with vpmaddubsw, which adds two products in 16 bits and saturates
silently: 255 * w0 + 255 * w1 must stay below 2**15, so |w0 + w1| must not exceed 128.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PAIR_LIMIT = 128  # floor(2**15 / 255)


def headroom_growth(steps: NDArray[np.int8]) -> NDArray[np.float64]:
    """
    Return the factors by which the scales of output channels must grow, [out].

    A channel's two largest weights of one sign bound every pair of products. If they exceed the
    limit, the channel's scale grows by exactly that excess; if not, the factor is 1.

    :param steps: weights as they are stored, [out, ...].
    """
    rows = steps.astype(np.int16).reshape(len(steps), -1)
    most = min(2, rows.shape[1])
    largest = np.partition(np.stack([rows, -rows]).clip(min=0), -most, axis=2)[:, :, -most:]
    worst = largest.sum(axis=2).max(axis=0)
    # Rounding may add half a step to each of the two weights: aim one below the limit.
    return np.where(worst > _PAIR_LIMIT, worst / (_PAIR_LIMIT - 1.0), 1.0)
