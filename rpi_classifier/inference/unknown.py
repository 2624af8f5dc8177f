# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The class ``unknown``, for images in which no class is likely enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ConfigError

UNKNOWN, UNKNOWN_INDEX = 'unknown', -1


class UnknownClass:
    """
    Adds the probability of ``unknown`` to those of the classes that are shown.

    It is 0 if the best class reaches ``below``. Else it is 1 minus the probability of the best
    class, but not less than that: ``unknown`` is the most likely one then.
    """

    def __init__(self, below: float, classes: int) -> None:
        """
        Allocate what a frame needs.

        :param classes: the number of classes that are shown.
        """
        self._below = below
        self._all = np.empty(classes + 1, np.float32)

    def append(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """
        Return the probabilities with that of ``unknown`` as the last one.

        :param probabilities: [shown].
        :returns: [shown + 1], valid until the next call.
        """
        best = probabilities.max()
        self._all[:-1] = probabilities
        self._all[-1] = max(1 - best, best) if float(best) < self._below else 0
        return self._all

    def evidence(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """
        Return the probabilities to smooth: of an unknown image, only that of ``unknown``.

        Otherwise a class that never reaches ``below`` could stay the stable one.

        :param probabilities: [shown + 1], as ``append`` returns them.
        :returns: [shown + 1].
        """
        if not probabilities[-1]:
            return probabilities
        alone = np.zeros_like(probabilities)
        alone[-1] = probabilities[-1]
        return alone


def make_unknown(below: float, model: str, labels: Sequence[str]) -> UnknownClass | None:
    """
    Return what adds the class ``unknown``; None if ``below`` is 0.

    :param below: the parameter ``unknown_below``.
    :param model: its name, for messages.
    :param labels: the names of the classes that are shown.
    :raises ConfigError: if one of them is called ``unknown`` already.
    """
    if not below:
        return None
    if UNKNOWN in labels:
        raise ConfigError(
            f'unknown_below: {below:g} adds a class {UNKNOWN!r}, which {model} has already; set '
            'it to 0, or rename that class by class_aliases, as in {other: [unknown]}'
        )
    return UnknownClass(below, len(labels))
