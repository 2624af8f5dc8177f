# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From the classes of single images to the one that a robot may act on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.config import ClassifierConfig

# Images further apart than so many windows have nothing to do with each other: what was smoothed
# would have faded to 0.7 %.
_APART = 5


class Smoother:
    """
    Smooths probabilities over ``smoothing_window`` and chooses a class with hysteresis.

    ``stable`` is the index of the class, None if there is none. A class becomes stable once its
    smoothed probability has been at least ``enter_threshold`` for ``min_duration``; if several
    have, the most likely. It stays until its smoothed probability is below ``leave_threshold``,
    whatever the others do.

    The first image is taken as it is. So is one that is stamped before its predecessor, or more
    than five windows after it, and all that was known is forgotten.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self.stable: int | None = None
        self._smoothed: NDArray[np.float64] = np.zeros(0)
        self._stamp_ns = 0
        self._since_ns: dict[int, int] = {}  # when each class reached enter_threshold

    @property
    def score(self) -> float:
        """Return the smoothed probability of the stable class, 0 if there is none."""
        return 0.0 if self.stable is None else float(self._smoothed[self.stable])

    def update(
        self, probabilities: NDArray[np.floating[Any]], stamp_ns: int, config: ClassifierConfig
    ) -> bool:
        """
        Take the classes of the next image.

        :param probabilities: [classes], of all classes.
        :param stamp_ns: when the image was taken.
        :param config: holds the window, the thresholds and the duration; may change.
        :returns: True if another class, or none, is stable now.
        """
        before = self.stable
        passed_s = (stamp_ns - self._stamp_ns) / 1e9
        if len(self._smoothed) != len(probabilities) or not (0 <= passed_s <= max_gap_s(config)):
            self.stable = None
            self._smoothed = np.array(probabilities, np.float64)
            self._since_ns = {}
        else:
            alpha = 1 - math.exp(-passed_s / config.smoothing_window)
            self._smoothed += alpha * (probabilities - self._smoothed)
        self._stamp_ns = stamp_ns
        self._choose(config)
        return self.stable != before

    def _choose(self, config: ClassifierConfig) -> None:
        likely = np.flatnonzero(self._smoothed >= config.enter_threshold).tolist()
        self._since_ns = {index: self._since_ns.get(index, self._stamp_ns) for index in likely}
        if self.stable is not None and self.score >= config.leave_threshold:
            return
        ripe = [
            index
            for index, since_ns in self._since_ns.items()
            if self._stamp_ns - since_ns >= config.min_duration * 1e9
        ]
        self.stable = max(ripe, key=lambda index: self._smoothed[index], default=None)


def max_gap_s(config: ClassifierConfig) -> float:
    """Return how many seconds after an image the next one has nothing to do with it."""
    return _APART * config.smoothing_window
