# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Two models on the same photos: which answers differ, and whether that is significant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rpi_classifier.training.accuracy import Share
from rpi_classifier.training.predictions import Predictions


@dataclass(frozen=True)
class Change:
    """A photo to which two models give different classes."""

    path: Path
    truth: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class Comparison:
    """
    A model against another one, on the photos that both could read.

    ``better`` photos are right with ours and wrong with theirs, ``worse`` the other way round.
    ``unreadable`` says why about each photo that was left out for the other model only.
    """

    ours: Share
    theirs: Share
    changes: tuple[Change, ...]
    better: int
    worse: int
    unreadable: tuple[str, ...] = ()

    @property
    def p_value(self) -> float:
        """Return the p-value of the sign test on ``better`` and ``worse``."""
        return sign_test(self.better, self.worse)


def compare_predictions(ours: Predictions, theirs: Predictions) -> Comparison:
    """Compare two models by the names of the classes; their orders may differ."""
    pairs = {one.path: one for one in theirs.results}
    both = [(one, pairs[one.path]) for one in ours.results if one.path in pairs]
    changes = tuple(
        Change(one.path, one.truth, one.guess, other.guess)
        for one, other in both
        if one.guess != other.guess
    )
    return Comparison(
        Share(sum(one.right for one, _ in both), len(both)),
        Share(sum(other.right for _, other in both), len(both)),
        changes,
        sum(one.right and not other.right for one, other in both),
        sum(other.right and not one.right for one, other in both),
        tuple(failure for failure in theirs.unreadable if failure not in ours.unreadable),
    )


def sign_test(better: int, worse: int) -> float:
    """
    Return the two-sided p-value of the exact sign test, McNemar's for pairs; 1 without any.

    https://en.wikipedia.org/wiki/McNemar%27s_test
    """
    pairs, term, total = better + worse, 1, 0
    for count in range(min(better, worse) + 1):
        total += term
        term = term * (pairs - count) // (count + 1)
    return min(1.0, 2 * total / 2**pairs) if pairs else 1.0
