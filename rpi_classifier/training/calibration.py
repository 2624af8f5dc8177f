# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Calibration: how well scores match accuracies, and the temperature that makes them match.

Of all photos that a well calibrated model classifies with a score of 0.8, it has 80 % right. One
number, the temperature, divides the logits of all classes: above 1 it makes scores more modest,
and it never changes which class is best (Guo et al., On Calibration of Modern Neural Networks,
2017, https://arxiv.org/abs/1706.04599).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.models.metadata_schema import LEAST_TEMPERATURE, MOST_TEMPERATURE

Floats: TypeAlias = NDArray[np.floating[Any]]
Indices: TypeAlias = NDArray[np.integer[Any]]

LEAST_PHOTOS = 50  # below, one wrong photo moves a temperature by more than it is worth
_FOLDS = 5
_SMALLEST = float(np.finfo(np.float32).tiny)
_GOLDEN = (5**0.5 - 1) / 2
_STEPS = 40  # of golden-section search: log(T) is then known to 3e-8


@dataclass(frozen=True)
class Bin:
    """The photos whose best score lies in (low, high]; both means are NaN of no photo."""

    low: float
    high: float
    photos: int
    mean_score: float
    accuracy: float


def log_probabilities(probabilities: Floats) -> NDArray[np.float64]:
    """
    Return the logarithms, which equal the logits up to a constant per photo; none is infinite.

    :param probabilities: [photos, classes].
    """
    return np.log(np.maximum(probabilities, _SMALLEST).astype(np.float64))


def scale_logits(logits: Floats, temperature: float) -> NDArray[np.float64]:
    """
    Return softmax(logits / temperature).

    :param logits: [photos, classes], up to a constant per photo.
    """
    return np.exp(_log_softmax(logits, temperature))  # type: ignore[no-any-return]


def fit_temperature(logits: Floats, labels: Indices) -> float:
    """
    Return the temperature that makes the photos' own classes most likely.

    :param logits: [photos, classes], up to a constant per photo.
    :param labels: [photos], indices of the right classes.
    :returns: 1 for less than ``LEAST_PHOTOS`` photos.
    """
    return _fit(logits, labels) if len(labels) >= LEAST_PHOTOS else 1.0


def cross_fitted(logits: Floats, labels: Indices) -> NDArray[np.float64]:
    """
    Return the probabilities of each photo, scaled by a temperature that was fitted to others.

    So they estimate the calibration on photos that the temperature was not fitted to.

    :param logits: [photos, classes], in an order that has photos of a class one after another.
    :param labels: [photos], indices of the right classes; at least as many as folds, 5.
    """
    result = np.empty(logits.shape, np.float64)
    for fold in range(_FOLDS):
        held_out = np.arange(len(labels)) % _FOLDS == fold
        temperature = _fit(logits[~held_out], labels[~held_out])
        result[held_out] = scale_logits(logits[held_out], temperature)
    return result


def negative_log_likelihood(logits: Floats, labels: Indices) -> float:
    """
    Return the mean of -log(probability of the right class), which calibration lowers.

    :param logits: [photos, classes], or logarithms of probabilities.
    """
    logs = _log_softmax(logits, 1.0)
    return float(-logs[np.arange(len(labels)), labels].mean())


def reliability(scores: Floats, right: NDArray[np.bool_], bins: int = 10) -> list[Bin]:
    """
    Return how often results are right, by their score.

    :param scores: [photos], of the best classes, from 0 to 1.
    :param right: [photos], whether the best class is the photo's.
    :param bins: how many parts of equal width the scores are divided into.
    """
    places = np.clip(np.ceil(scores * bins).astype(int) - 1, 0, bins - 1)
    return [
        _bin(index / bins, (index + 1) / bins, scores[places == index], right[places == index])
        for index in range(bins)
    ]


def expected_calibration_error(scores: Floats, right: NDArray[np.bool_], bins: int = 10) -> float:
    """
    Return the mean distance between score and accuracy, over bins weighted by their photos.

    :param scores: [photos], as for ``reliability``.
    :param right: [photos], as for ``reliability``.
    :returns: from 0 to 1; NaN of no photo.
    """
    if not len(scores):
        return float('nan')
    filled = [one for one in reliability(scores, right, bins) if one.photos]
    return sum(one.photos * abs(one.accuracy - one.mean_score) for one in filled) / len(scores)


def _bin(low: float, high: float, scores: Floats, right: NDArray[np.bool_]) -> Bin:
    count = len(scores)
    means = (float(scores.mean()), float(right.mean())) if count else (float('nan'),) * 2
    return Bin(low, high, count, *means)


def _fit(logits: Floats, labels: Indices) -> float:
    """Search the logarithm of the temperature; the loss has one minimum."""
    low, high = np.log(LEAST_TEMPERATURE), np.log(MOST_TEMPERATURE)
    for _ in range(_STEPS):
        width = _GOLDEN * (high - low)
        left, right = (np.exp(place) for place in (high - width, low + width))
        if _loss(logits, labels, left) < _loss(logits, labels, right):
            high = low + width
        else:
            low = high - width
    return float(np.exp((low + high) / 2))


def _loss(logits: Floats, labels: Indices, temperature: float) -> float:
    """
    Return the negative log-likelihood of the right classes, and of one mistake in addition.

    The mistake is an average photo whose second best class is right. Without it, photos that are
    all right would ask for certainty.
    """
    logs = _log_softmax(logits, temperature)
    second_best = np.partition(logs, -2, axis=1)[:, -2] if logs.shape[1] > 1 else logs[:, 0]
    return float(-logs[np.arange(len(labels)), labels].sum() - second_best.mean())


def _log_softmax(logits: Floats, temperature: float) -> NDArray[np.float64]:
    scaled = logits / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    scaled -= np.log(np.exp(scaled).sum(axis=1, keepdims=True))
    return scaled  # type: ignore[no-any-return]
