# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The results of a model on labelled photos, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.inference.unknown import UNKNOWN
from rpi_classifier.training.accuracy import (
    class_scores,
    ClassScore,
    confusion_matrix,
    Counts,
    Share,
)
from rpi_classifier.training.calibration import Bin, expected_calibration_error, reliability
from rpi_classifier.training.comparison import Comparison
from rpi_classifier.training.predictions import PhotoResult, Predictions
from rpi_classifier.training.recalibration import Recalibration
from rpi_classifier.training.thresholds import (
    Scores,
    separate_unknown,
    suggest_threshold,
    Threshold,
)

BEST = 5
ENOUGH_UNKNOWN = 20  # photos of other things to choose unknown_below by


@dataclass(frozen=True)
class Evaluation:
    """
    A model on labelled photos.

    ``model`` is what was evaluated and ``way`` what ran it, for people. ``predictions`` and
    ``unknown`` have the temperature of ``recalibration`` in them, if there is one; ``unknown`` are
    those for photos of other things, None if there were none; one that a class for other things
    takes is right. ``precision`` is the wanted one, from 0 to 1. ``against`` and ``against_way``
    are what the ``comparison`` is with, and what ran that.
    """

    model: str
    way: str
    predictions: Predictions
    precision: float
    unknown: Predictions | None = None
    recalibration: Recalibration | None = None
    against: str = ''
    against_way: str = ''
    comparison: Comparison | None = None

    @property
    def accuracy(self) -> Share:
        """Return for how many photos the best class is the photo's."""
        return self.predictions.accuracy

    @property
    def folder(self) -> Path:
        """Return the folder that has the classes."""
        return self.predictions.paths[0].parent.parent

    @property
    def among_best(self) -> Share | None:
        """Return for how many the class is among the best five; None if there are no more."""
        if len(self.predictions.labels) <= BEST:
            return None
        return Share(self.predictions.right_among(BEST), len(self.predictions.paths))

    @cached_property
    def shown(self) -> list[int]:
        """Return the indices of the classes that have photos, or that a photo was assigned to."""
        return np.union1d(self.predictions.truth, self.predictions.guesses).tolist()  # type: ignore

    @property
    def without_photos(self) -> list[str]:
        """Return the classes of the model that have no photo."""
        with_photos = set(self.predictions.truth.tolist())
        return [one for i, one in enumerate(self.predictions.labels) if i not in with_photos]

    @property
    def shown_labels(self) -> list[str]:
        """Return the names of the classes of ``shown``."""
        return [self.predictions.labels[index] for index in self.shown]

    @cached_property
    def confusion(self) -> Counts:
        """Return the photos of each class of ``shown``, a row each, by guess."""
        places = {index: place for place, index in enumerate(self.shown)}
        truth, guesses = self.predictions.truth.tolist(), self.predictions.guesses.tolist()
        return confusion_matrix(
            [places[index] for index in truth],
            [places[index] for index in guesses],
            len(self.shown),
        )

    @property
    def classes(self) -> list[ClassScore]:
        """Return how well each class of ``shown`` is found."""
        return class_scores(self.confusion, self.shown_labels)

    @property
    def bins(self) -> list[Bin]:
        """Return how often results are right, by their score."""
        return reliability(self.predictions.scores, self.predictions.right)

    @property
    def calibration_error(self) -> float:
        """Return the expected calibration error, from 0 to 1."""
        return expected_calibration_error(self.predictions.scores, self.predictions.right)

    @property
    def wrong(self) -> Sequence[PhotoResult]:
        """Return the photos whose best class is not theirs, the most certain ones first."""
        wrong = [one for one in self.predictions.results if not one.right]
        return sorted(wrong, key=lambda one: -one.score)

    @property
    def others(self) -> Sequence[PhotoResult]:
        """Return the mistaken photos of other things that reach the threshold, surest first."""
        least = self.threshold.value if self.threshold else 0.0
        results = self.unknown.results if self.unknown else ()
        found = [one for one in results if one.score >= least and not one.right]
        return sorted(found, key=lambda one: -one.score)

    @cached_property
    def threshold(self) -> Threshold | None:
        """Return what gives the wanted precision, photos of other things included."""
        scores, right = self.predictions.scores, self.predictions.right
        if self.unknown:
            scores = np.concatenate([scores, self.unknown.scores])
            right = np.concatenate([right, self.unknown.right])
        return suggest_threshold(scores, right, self.precision)

    @property
    def separates_unknown(self) -> bool:
        """Return True if enough photos of other things were mistaken, and some are right."""
        enough = len(self.mistaken_scores) >= ENOUGH_UNKNOWN
        return enough and bool(self.predictions.right.any())

    @property
    def mistaken_scores(self) -> Scores:
        """Return the scores of photos of other things that were taken for a class, [photos]."""
        return self.unknown.scores[~self.unknown.right] if self.unknown else np.empty(0)

    @property
    def unknown_below(self) -> float | None:
        """
        Return the score that divides known from unknown; None if nothing says so.

        Also None if the model has a class ``unknown``: the node refuses the parameter then.
        """
        if UNKNOWN in self.predictions.labels:
            return None
        known = self.predictions.scores[self.predictions.right]
        if self.separates_unknown:
            return separate_unknown(known, self.mistaken_scores)
        return self.threshold.value if self.threshold else None

    @property
    def suggestions(self) -> dict[str, float]:
        """Return the parameters for the wanted precision; empty if nothing reaches it."""
        if self.threshold is None:
            return {}
        if not self.threshold.value:  # everything is right often enough
            return {'score_threshold': 0.0}
        enter = max(self.threshold.value, 0.01)  # the least that the parameter takes
        values = {'score_threshold': self.threshold.value, 'enter_threshold': enter}
        if enter < ClassifierConfig.leave_threshold:
            values['leave_threshold'] = enter
        return values
