# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Which L2 penalty suits the photos: the one with the lowest loss on photos left out of the training.

Cross-validation on the training photos. Per fold, heads are fitted from a strong penalty to weak
ones, each starting from the last. When the loss on the photos left out has risen for some steps,
the search ends early: weaker penalties would only overfit. The photos for validation are not used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
import torch
from torch.nn.functional import cross_entropy

from rpi_classifier.photos import choose_evenly
from rpi_classifier.training.softmax_regression import (
    balanced_samples,
    fit_head,
    Head,
    Samples,
    untrained_head,
)

PENALTIES = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001)
_USUAL = 0.1  # where no class has two photos
_FOLDS = 5
_PATIENCE = 2  # penalties in a row that are worse than the best
_MOST_PHOTOS = 2000  # that are cross-validated, about; more do not change the choice
_FEWEST = 2  # of a class, so that one can be left out


@dataclass(frozen=True)
class Penalty:
    """An L2 penalty; ``how`` says in a phrase how it was chosen."""

    value: float
    how: str


@dataclass
class _Fold:
    """One fold: the samples to train on, those left out, and the head fitted so far."""

    samples: Samples
    left_out: Samples
    head: Head


def choose_penalty(
    steps: NDArray[np.uint8],
    labels: NDArray[np.int64],
    classes: int,
    *,
    epochs: int,
    stopped: Callable[[], bool] = bool,
) -> Penalty:
    """
    Return the penalty with the lowest cross-validated loss.

    It is the usual one if no class has two photos.

    :param steps: stored features, [photos, views, inputs]; the first view is the plain photo.
    :param labels: [photos]; photos of a class are in the order of their names.
    :param stopped: returns True to end with the best penalty so far.
    """
    some = _some_of_each_class(labels, classes)
    steps, labels = steps[some], labels[some]
    numbers = _fold_numbers(labels, classes)
    folds = [_fold(steps, labels, classes, numbers == n) for n in range(numbers.max() + 1)]
    if not folds:
        return Penalty(_USUAL, 'as usual, because no class has two photos to cross-validate')
    how = 'by cross-validation'
    losses: list[float] = []
    for penalty in PENALTIES:
        losses.append(_loss(folds, penalty, epochs, stopped))
        if stopped():
            how = 'by a cross-validation that was stopped'
            break
        if len(losses) - 1 - int(np.argmin(losses)) >= _PATIENCE:
            break
    return Penalty(PENALTIES[int(np.argmin(losses))], how)


def _some_of_each_class(labels: NDArray[np.int64], classes: int) -> list[int]:
    """Return the places of photos to cross-validate, so that every class keeps its share."""
    some: list[int] = []
    for label in range(classes):
        own = np.flatnonzero(labels == label).tolist()
        share = _MOST_PHOTOS * len(own) // len(labels)
        some += choose_evenly(own, max(share, _FEWEST))
    return sorted(some)


def _fold_numbers(labels: NDArray[np.int64], classes: int) -> NDArray[np.intp]:
    """
    Return the fold that leaves each photo out; -1 for the only photo of a class.

    Photos that follow each other, as in a series, are left out together.
    """
    numbers = np.full(len(labels), -1, np.intp)
    for label in range(classes):
        own = np.flatnonzero(labels == label)
        if len(own) > 1:
            numbers[own] = np.arange(len(own)) * min(_FOLDS, len(own)) // len(own)
    return numbers


def _fold(
    steps: NDArray[np.uint8],
    labels: NDArray[np.int64],
    classes: int,
    left_out: NDArray[np.bool_],
) -> _Fold:
    samples = balanced_samples(steps[~left_out], labels[~left_out], classes)
    seen_once = balanced_samples(steps[left_out][:, :1], labels[left_out], classes)
    return _Fold(samples, seen_once, untrained_head(samples))


def _loss(folds: list[_Fold], penalty: float, epochs: int, stopped: Callable[[], bool]) -> float:
    """Fit all folds, and return the mean loss on what they leave out."""
    total = 0.0
    for fold in folds:
        fold.head = fit_head(fold.samples, fold.head, penalty, epochs=epochs, stopped=stopped)
        own = fold.left_out
        losses = cross_entropy(fold.head.logits(own.steps), own.labels, reduction='none')
        total += float(torch.dot(losses, own.weights)) / len(folds)
    return total
