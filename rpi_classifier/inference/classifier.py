# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The classifier: a BGR frame in, the most likely classes out."""

from __future__ import annotations

from collections.abc import Sequence
import copy
from dataclasses import dataclass, field
import time

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.class_words import parse_aliases, parse_classes
from rpi_classifier.errors import ImageError
from rpi_classifier.inference.class_selection import ClassSelection, select_classes
from rpi_classifier.inference.temper import temper_probabilities
from rpi_classifier.inference.unknown import (
    make_unknown,
    UNKNOWN,
    UNKNOWN_INDEX,
    UnknownClass,
)
from rpi_classifier.input_spec import Image
from rpi_classifier.models.built_model import Tell
from rpi_classifier.models.labels import check_labels
from rpi_classifier.models.load import load_model
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.output_kind import LOGITS
from rpi_classifier.region import Box, parse_region
from rpi_classifier.runtime.preprocess import Preprocessor

Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class Prediction:
    """One class: its index and name, and its probability in [0, 1]."""

    index: int
    label: str
    score: float


@dataclass(frozen=True)
class Result:
    """
    The classes of one image, best first, and the time that it took.

    ``predictions`` are at most ``top_k``, and one more if the first of them is ``unknown``.
    ``probabilities`` are those of all classes that are shown, in the order of the classifier's
    labels, [shown] float32, valid until the next image.
    """

    predictions: tuple[Prediction, ...]
    preprocess_ns: int
    infer_ns: int
    probabilities: Probabilities = field(repr=False, compare=False)


class Classifier:
    """
    Turns images into classes, for one thread at a time.

    ``labels`` names the classes that are shown: all of the model, or those of ``with_classes``.
    ``indices`` are their indices in the model. With ``unknown_below``, ``unknown`` follows as the
    last one, with the index -1; the first ``known`` classes are the others. ``region`` is the part
    of an image that the model was trained on, as the parameter of that name; ``box_of`` finds it.
    """

    def __init__(self, model: LoadedModel) -> None:
        """
        Allocate what a frame needs.

        :raises ModelError: if the number of labels is not the number of classes.
        """
        self.name = model.name
        self.labels: Sequence[str] = model.labels
        self.indices: Sequence[int] = range(len(model.labels))
        self.known = len(model.labels)
        self._all_labels = model.labels
        self._selection: ClassSelection | None = None
        self._unknown: UnknownClass | None = None
        self.runtime = model.runtime
        self.weights_backend = model.weights_backend
        self.sha256 = model.sha256
        self.output_kind = model.output_kind
        self.temperature = model.temperature
        self.region = model.region
        self._preprocess = Preprocessor(model.transform, model.runtime.quantization)
        self._probabilities = np.empty_like(self.runtime.run())
        check_labels(self.labels, len(self._probabilities))

    @classmethod
    def load(cls, config: ClassifierConfig, tell: Tell = str) -> Classifier:
        """
        Load the model that the config names, ready to run on this thread.

        :param tell: is told what takes time, a sentence each; by default nobody hears it.
        :raises ConfigError: if an option is not for this model, or it lacks a class.
        :raises ModelError: if it cannot be loaded or does not work here.
        """
        model = load_model(config, tell)
        model.runtime.set_num_threads(config.num_threads)
        return cls(model).with_classes(config)

    def with_classes(self, config: ClassifierConfig) -> Classifier:
        """
        Return the same classifier, which shows the classes that a config asks for.

        Both share the memory of the model, so only one of them may work at a time.

        :raises ConfigError: if the model lacks one of them, or has ``unknown`` already.
        """
        selection = select_classes(
            self.name,
            self._all_labels,
            parse_classes(config.classes),
            parse_aliases(config.class_aliases),
        )
        labels = selection.labels if selection else self._all_labels
        indices = selection.indices if selection else range(len(labels))
        unknown = make_unknown(config.unknown_below, self.name, labels)
        other = copy.copy(self)
        other._selection, other._unknown, other.known = selection, unknown, len(labels)
        other.labels = (*labels, UNKNOWN) if unknown else labels
        other.indices = (*indices, UNKNOWN_INDEX) if unknown else indices
        return other

    def box_of(self, image: Image, region: str = '') -> Box | None:
        """
        Return the part of an image that is to be classified; None: all of it.

        :param image: [H, W, ...].
        :param region: as the parameter of that name; empty: that of the model.
        :raises ConfigError: if it is no region of any image.
        :raises ImageError: if it does not fit into this one.
        """
        wanted = parse_region(region or self.region)
        try:
            return wanted.box(*image.shape[:2]) if wanted else None
        except ImageError as error:
            if region:
                raise
            origin = f'{self.name} was trained on this one, which counts while none is set'
            raise ImageError(f'{error}; {origin}', error.reason) from error

    def prediction(self, position: int, score: float) -> Prediction:
        """Return the prediction of the class that has a position in ``labels``."""
        return Prediction(self.indices[position], self.labels[position], score)

    def evidence(self, probabilities: Probabilities) -> Probabilities:
        """
        Return the probabilities of a result for a ``Smoother``.

        :param probabilities: [shown], of a result.
        :returns: [shown]; all but ``unknown`` are 0 if that is the first class.
        """
        return self._unknown.evidence(probabilities) if self._unknown else probabilities

    def classify(self, image: Image, top_k: int = 5, score_threshold: float = 0.0) -> Result:
        """
        Classify one image.

        :param image: [H, W, 3] uint8 BGR, any size.
        :param top_k: number of classes wanted.
        :param score_threshold: classes with a lower probability are left out, but not ``unknown``.
        :raises ImageError: if the image has another shape or type.
        """
        start = time.monotonic_ns()
        self._preprocess(image, self.runtime.buffer)
        ready = time.monotonic_ns()
        scores = self.runtime.run()
        done = time.monotonic_ns()
        probabilities = to_probabilities(
            scores, self.output_kind, self._probabilities, self.temperature
        )
        if self._selection:
            probabilities = self._selection.select(probabilities)
        best = top_classes(probabilities, top_k)
        predictions = tuple(
            self.prediction(position, score)
            for position, score in zip(best.tolist(), probabilities[best].tolist())
            if score >= score_threshold
        )
        if self._unknown:
            probabilities = self._unknown.append(probabilities)
            if score := float(probabilities[-1]):
                predictions = (self.prediction(self.known, score), *predictions)
        return Result(predictions, ready - start, done - ready, probabilities)


def to_probabilities(
    scores: NDArray[np.float32], kind: str, out: NDArray[np.float32], temperature: float = 1.0
) -> NDArray[np.float32]:
    """
    Turn scores into probabilities, each from 0 to 1.

    :param scores: [classes].
    :param kind: logits, probabilities or sigmoid.
    :param out: [classes], written to and returned.
    :param temperature: divides the logits, also those that a network has turned into probabilities
        itself; more than 1 makes all classes less certain, and none changes its rank.
    """
    if kind != LOGITS:
        np.clip(scores, 0.0, 1.0, out=out)
        return out if temperature == 1.0 else temper_probabilities(out, kind, temperature)
    if len(scores) == 1:  # the logistic function, without overflow
        out[0] = 0.5 + 0.5 * np.tanh(0.5 * (scores[0] / temperature))
        return out
    np.subtract(scores, scores.max(), out=out)
    if temperature != 1.0:
        out /= temperature
    np.exp(out, out=out)
    out /= out.sum()
    return out


def top_classes(probabilities: Probabilities, k: int) -> NDArray[np.intp]:
    """
    Return the indices of the k largest probabilities, largest first; all if there are fewer.

    Of equal ones the lower index comes first, as with Python's stable sort. Only those that reach
    the k-th largest are sorted: sorting a thousand costs as much as a small network.
    """
    start = max(len(probabilities) - k, 0)
    least = np.partition(probabilities, start)[start]
    candidates = np.flatnonzero(probabilities >= least)
    order = np.argsort(-probabilities[candidates], kind='stable')
    return candidates[order[:k]]  # type: ignore[no-any-return]
