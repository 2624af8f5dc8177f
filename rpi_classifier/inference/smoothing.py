# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From the classes of single images to one stable class that a robot may act on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.config import ClassifierConfig

# After five windows an old image would count for exp(-5) = 0.7 % of the smoothed probability.
_MAX_GAP_WINDOWS = 5


class Smoother:
    """
    Smooths probabilities over ``smoothing_window`` and chooses a class with hysteresis.

    ``stable`` is the index of the stable class, or None. A class becomes stable once its smoothed
    probability has been at least ``enter_threshold`` for ``min_duration``; among several, the most
    likely one does. It stays stable until its own smoothed probability falls below
    ``leave_threshold``.

    The first image sets the smoothed probabilities. So does an image whose stamp is older than
    the one before, or more than five windows newer; all earlier images are then forgotten.
    """

    def __init__(self) -> None:
        """Start without images."""
        self.stable: int | None = None
        self._smoothed: NDArray[np.float64] = np.zeros(0)
        self._stamp_ns = 0
        self._since_ns: dict[int, int] = {}  # since when each class is at enter_threshold

    @property
    def score(self) -> float:
        """Return the smoothed probability of the stable class, 0 if there is none."""
        return 0.0 if self.stable is None else float(self._smoothed[self.stable])

    def update(
        self, probabilities: NDArray[np.floating[Any]], stamp_ns: int, config: ClassifierConfig
    ) -> bool:
        """
        Add the probabilities of the next image.

        :param probabilities: [classes], of all classes.
        :param stamp_ns: when the image was taken, in nanoseconds.
        :param config: the window, the thresholds and the duration; they may change between calls.
        :returns: True if the stable class changed, to another one or to none.
        """
        before = self.stable
        passed_s = (stamp_ns - self._stamp_ns) / 1e9
        related = 0 <= passed_s <= max_gap_s(config)
        if related and len(self._smoothed) == len(probabilities):
            alpha = 1 - math.exp(-passed_s / config.smoothing_window)
            self._smoothed += alpha * (probabilities - self._smoothed)
        else:
            self.stable = None
            self._smoothed = np.array(probabilities, np.float64)
            self._since_ns = {}
        self._stamp_ns = stamp_ns
        self._choose(config)
        return self.stable != before

    def _choose(self, config: ClassifierConfig) -> None:
        likely = np.flatnonzero(self._smoothed >= config.enter_threshold).tolist()
        self._since_ns = {index: self._since_ns.get(index, self._stamp_ns) for index in likely}
        if self.stable is not None and self.score >= config.leave_threshold:
            return
        lasting = [
            index
            for index, since_ns in self._since_ns.items()
            if self._stamp_ns - since_ns >= config.min_duration * 1e9
        ]
        self.stable = max(lasting, key=lambda index: self._smoothed[index], default=None)


def max_gap_s(config: ClassifierConfig) -> float:
    """Return the gap, in seconds, beyond which two images are treated as unrelated."""
    return _MAX_GAP_WINDOWS * config.smoothing_window
