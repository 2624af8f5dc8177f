# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The score at or above which results reach a wanted precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.training.accuracy import Share

Scores: TypeAlias = NDArray[np.floating[Any]]
_DIGITS = 3


@dataclass(frozen=True)
class Threshold:
    """
    A score, and the precision of the results at or above it.

    ``kept`` are the right ones among those at or above it, ``photos`` all that were looked at.
    """

    value: float
    kept: Share
    photos: int


def suggest_threshold(
    scores: Scores, right: NDArray[np.bool_], precision: float
) -> Threshold | None:
    """
    Return the lowest threshold that reaches a precision; None if there is none.

    :param scores: [photos], of the best classes.
    :param right: [photos], whether the best class is the photo's.
    :param precision: the wanted share of right ones, from 0 to 1.
    """
    order = np.argsort(-scores, kind='stable')
    ordered, hits = scores[order], np.cumsum(right[order])
    counts = np.arange(1, len(scores) + 1)
    last_of_equals = np.append(ordered[1:] < ordered[:-1], True)[: len(scores)]
    good = np.flatnonzero(last_of_equals & (hits >= precision * counts - 1e-9))
    if not len(good):
        return None
    last = int(good[-1])
    below = float(ordered[last + 1]) if last + 1 < len(scores) else 0.0
    kept = Share(int(hits[last]), last + 1)
    return Threshold(_between(below, float(ordered[last])), kept, len(scores))


def separate_unknown(known: Scores, unknown: Scores) -> float:
    """
    Return the score that best divides photos of the model's classes from photos of other things.

    It maximizes the mean of two shares: of known photos at or above it, of unknown ones below.

    :param known: [photos], scores of photos that are classified right.
    :param unknown: [photos], scores of photos of other things; of each at least one.
    """
    every = np.unique(np.concatenate([known, unknown]))
    above = 1 - np.searchsorted(np.sort(known), every) / len(known)
    below = np.searchsorted(np.sort(unknown), every) / len(unknown)
    best = int(np.argmax(above + below))
    return _between(float(every[best - 1]) if best else 0.0, float(every[best]))


def _between(below: float, least: float) -> float:
    """Return a short number above ``below`` and not above ``least``, in the middle if possible."""
    if below <= 0.0:
        return 0.0
    middle = (below + least) / 2
    short = round(middle, _DIGITS)
    return short if below < short <= least else middle
