# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Predictions for labelled photos, by the classifier that runs on the robot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import DataSetError, ImageError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.training.accuracy import Share
from rpi_classifier.training.labeled_photo import LabeledPhoto

NO_CLASS = -1  # the label of a photo of something that is none of the classes


@dataclass(frozen=True)
class PhotoResult:
    """A photo with the name of its class, and that of the best class with its score."""

    path: Path
    truth: str
    guess: str
    score: float

    @property
    def right(self) -> bool:
        """Return True if the best class is the photo's."""
        return self.guess == self.truth


@dataclass(frozen=True)
class Predictions:
    """
    The probabilities that a model gave to photos.

    ``truth`` has the indices of the photos' classes or ``NO_CLASS``, [photos]; ``probabilities``
    are those of all classes, [photos, classes]. ``unreadable`` says about each photo that was left
    out why.
    """

    labels: tuple[str, ...]
    paths: tuple[Path, ...]
    truth: NDArray[np.int64]
    probabilities: NDArray[np.floating[Any]]
    unreadable: tuple[str, ...] = ()

    @cached_property
    def guesses(self) -> NDArray[np.intp]:
        """Return the indices of the best classes, [photos]."""
        return self.probabilities.argmax(axis=1)  # type: ignore[no-any-return]

    @cached_property
    def scores(self) -> NDArray[np.floating[Any]]:
        """Return the probabilities of the best classes, [photos]."""
        return self.probabilities.max(axis=1)  # type: ignore[no-any-return]

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """Return for which photos the best class is the photo's, [photos]."""
        return self.guesses == self.truth  # type: ignore[no-any-return]

    @property
    def accuracy(self) -> Share:
        """Return for how many photos the best class is the photo's."""
        return Share(int(self.right.sum()), len(self.paths))

    @cached_property
    def results(self) -> tuple[PhotoResult, ...]:
        """Return the photos one by one, with names in place of indices."""
        names = {**dict(enumerate(self.labels)), NO_CLASS: ''}
        rows = zip(self.paths, self.truth.tolist(), self.guesses.tolist(), self.scores.tolist())
        return tuple(
            PhotoResult(path, names[own], names[guess], score) for path, own, guess, score in rows
        )

    def right_among(self, best: int) -> int:
        """Return for how many photos the photo's class is among that many best ones."""
        own = self.probabilities[np.arange(len(self.truth)), self.truth]
        return int(((self.probabilities > own[:, None]).sum(axis=1) < best).sum())


def predict_photos(
    classifier: Classifier,
    photos: Sequence[LabeledPhoto],
    advance: Callable[[str], Any] = str,
) -> Predictions:
    """
    Classify photos one after the other; those that cannot be read are left out.

    :param advance: is told the name of each photo after it.
    :raises DataSetError: if none can be read.
    """
    read: list[LabeledPhoto] = []
    rows: list[NDArray[np.float32]] = []
    unreadable = []
    for photo in photos:
        try:
            rows.append(classifier.classify(photo.read()).probabilities.copy())
            read.append(photo)
        except ImageError as error:
            unreadable.append(str(error))
        advance(photo.path.name)
    if not rows:
        reason = f': {unreadable[0]}' if unreadable else ''
        raise DataSetError(f'none of {len(photos)} photos can be read{reason}')
    truth = np.array([photo.label for photo in read], np.int64)
    paths = tuple(photo.path for photo in read)
    labels = tuple(classifier.labels)
    return Predictions(labels, paths, truth, np.stack(rows), tuple(unreadable))
