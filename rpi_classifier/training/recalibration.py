# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Fits a temperature to a model's predictions, and estimates how it changes their calibration."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rpi_classifier.inference.classifier import to_probabilities
from rpi_classifier.models.metadata_schema import LEAST_TEMPERATURE, MOST_TEMPERATURE
from rpi_classifier.models.output_kind import PROBABILITIES, SIGMOID
from rpi_classifier.training.calibration import (
    cross_fitted,
    expected_calibration_error,
    fit_temperature,
    Floats,
    Indices,
    LEAST_PHOTOS,
    log_probabilities,
    negative_log_likelihood,
)
from rpi_classifier.training.predictions import Predictions


@dataclass(frozen=True)
class Recalibration:
    """
    A temperature, and the expected calibration error before and after.

    ``former`` and ``temperature`` are those of the model's record, before and after.
    ``error_after`` is that of photos which the temperature was not fitted to, in five folds.
    ``kept`` says why the former stays; it is empty if the new one is better.
    """

    former: float
    temperature: float
    error_before: float
    error_after: float
    photos: int
    kept: str = ''


@dataclass(frozen=True)
class _Problem:
    """
    The logits and labels that a temperature is fitted to.

    ``logits`` and ``labels`` as for ``fit_temperature``; ``best`` are the columns of the best
    classes, [photos].
    """

    logits: Floats
    labels: Indices
    best: Indices


def recalibrate(predictions: Predictions, output_kind: str, former: float) -> Recalibration:
    """
    Fit the temperature of a model.

    :param output_kind: of the model: logits, probabilities or sigmoid.
    :param former: the temperature in its record, which its predictions have in them.
    """
    problem = _problem(predictions, output_kind)
    count = len(problem.labels)
    before = expected_calibration_error(predictions.scores, predictions.right)
    if count < LEAST_PHOTOS:
        kept = f'{count} photos are too few to fit it; give {LEAST_PHOTOS} or more'
        return Recalibration(former, former, before, before, count, kept)
    held_out = cross_fitted(problem.logits, problem.labels)
    scores = held_out[np.arange(count), problem.best]
    after = expected_calibration_error(scores, predictions.right)
    new = former * fit_temperature(problem.logits, problem.labels)
    new = round(min(max(new, LEAST_TEMPERATURE), MOST_TEMPERATURE), 4)
    gain = negative_log_likelihood(problem.logits, problem.labels)
    gain -= negative_log_likelihood(log_probabilities(held_out), problem.labels)
    if gain <= 0:
        kept = 'a fitted one is no better on photos that it was not fitted to'
        return Recalibration(former, former, before, before, count, kept)
    return Recalibration(former, new, before, after, count)


def with_temperature(predictions: Predictions, output_kind: str, factor: float) -> Predictions:
    """
    Return the predictions of the model at another temperature.

    :param factor: by which the temperature in the predictions is multiplied.
    """
    kind = SIGMOID if _are_independent(predictions, output_kind) else PROBABILITIES
    rows = [
        to_probabilities(row, kind, np.empty_like(row), factor)
        for row in predictions.probabilities
    ]
    return replace(predictions, probabilities=np.stack(rows))


def _problem(predictions: Predictions, output_kind: str) -> _Problem:
    if not _are_independent(predictions, output_kind):
        logits = log_probabilities(predictions.probabilities)
        return _Problem(logits, predictions.truth, predictions.guesses)
    # Each class is judged by itself: the best one is right or it is not.
    score = predictions.scores[:, None]
    logits = log_probabilities(np.hstack([score, 1 - score]))
    wrong = (~predictions.right).astype(np.int64)
    return _Problem(logits, wrong, np.zeros_like(wrong))


def _are_independent(predictions: Predictions, output_kind: str) -> bool:
    return output_kind == SIGMOID or predictions.probabilities.shape[1] == 1
