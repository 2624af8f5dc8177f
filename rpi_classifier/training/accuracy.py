# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Accuracy, precision, recall and confidence intervals, computed from counts alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[np.int64]
_Z = 1.959964  # of 95 %


@dataclass(frozen=True)
class Share:
    """The right results among those for some photos; ``value`` is NaN for no photo."""

    right: int
    photos: int

    @property
    def value(self) -> float:
        """Return the share, from 0 to 1."""
        return self.right / self.photos if self.photos else float('nan')

    @property
    def interval(self) -> tuple[float, float]:
        """
        Return Wilson's 95 % interval, from 0 to 1, which holds for few photos too.

        https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval
        """
        if not self.photos:
            return 0.0, 1.0
        part = _Z * _Z / self.photos
        middle = self.value + part / 2
        half = math.sqrt(part * (self.value * (1 - self.value) + part / 4))
        low, high = (middle - half) / (1 + part), (middle + half) / (1 + part)
        return max(low, 0.0), min(high, 1.0)

    def __str__(self) -> str:
        """Return a phrase for people."""
        low, high = (100 * bound for bound in self.interval)
        return (
            f'{100 * self.value:.1f} %, {self.right} of {self.photos} photos '
            f'(95 % interval {low:.1f} to {high:.1f} %)'
        )


@dataclass(frozen=True)
class ClassScore:
    """
    Precision and recall of one class.

    ``photos`` counts those of the class, ``guessed`` those that the model assigns to it, ``right``
    those that are both.
    """

    label: str
    photos: int
    guessed: int
    right: int

    @property
    def precision(self) -> float:
        """Return the share of the photos assigned to the class that belong to it; NaN for none."""
        return self.right / self.guessed if self.guessed else float('nan')

    @property
    def recall(self) -> float:
        """Return the share of the photos of the class that are assigned to it; NaN for none."""
        return self.right / self.photos if self.photos else float('nan')

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall; NaN without photo and guess."""
        both = self.photos + self.guessed
        return 2 * self.right / both if both else float('nan')


def confusion_matrix(truth: Sequence[int], guesses: Sequence[int], classes: int) -> Counts:
    """
    Count photos by class and guess.

    :returns: [classes, classes], a row per class of a photo, a column per guess.
    """
    pairs = np.asarray(truth, np.int64) * classes + np.asarray(guesses, np.int64)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def class_scores(confusion: Counts, labels: Sequence[str]) -> list[ClassScore]:
    """Return one score per class, in their order; :param confusion: [classes, classes]."""
    photos, guessed, right = confusion.sum(axis=1), confusion.sum(axis=0), confusion.diagonal()
    rows = zip(labels, photos.tolist(), guessed.tolist(), right.tolist())
    return [ClassScore(*row) for row in rows]
