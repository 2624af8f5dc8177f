# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A temperature for networks that return probabilities in place of logits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.models.output_kind import SIGMOID

_TINY = float(np.finfo(np.float32).tiny)


def temper_probabilities(
    probabilities: NDArray[np.float32], kind: str, temperature: float
) -> NDArray[np.float32]:
    """
    Divide the logits that stand behind a network's own probabilities, in place.

    exp(log(p) / T) is p ** (1 / T), so no logarithm of zero is needed.

    :param probabilities: [classes], written to and returned.
    :param kind: probabilities or sigmoid.
    :param temperature: as for ``to_probabilities``.
    """
    if kind == SIGMOID:  # each class against its complement is a problem of two classes
        complement = (1 - probabilities) ** (1 / temperature)
        probabilities **= 1 / temperature
        probabilities /= probabilities + complement
        return probabilities
    if temperature < 1:  # else the powers of small ones may all be 0
        probabilities /= max(probabilities.max(), _TINY)
    probabilities **= 1 / temperature
    probabilities /= max(probabilities.sum(), _TINY)
    return probabilities
