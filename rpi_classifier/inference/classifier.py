# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The classifier: a BGR frame in, the most likely classes out."""

from __future__ import annotations

from dataclasses import dataclass
import time

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.models.labels import check_labels
from rpi_classifier.runtime import Loaded, Runtime, torch_releases
from rpi_classifier.runtime.preprocess import Preprocessor


@dataclass(frozen=True)
class Prediction:
    """One class: its index and name, and its probability in [0, 1]."""

    index: int
    label: str
    score: float


@dataclass(frozen=True)
class Result:
    """The classes of one image, best first, and where the time went."""

    predictions: tuple[Prediction, ...]
    preprocess_ns: int
    infer_ns: int


class Classifier:
    """Owns the way from an image to classes. Use it from one thread at a time."""

    def __init__(
        self,
        name: str,
        runtime: Runtime,
        transform: Transform,
        labels: tuple[str, ...],
        trained_for: str = 'unknown',
        sha256: str = '',
    ) -> None:
        """
        Put the parts together.

        :param trained_for: engine whose range of values the network was made for.
        :param sha256: digest of the file that the model came from.
        :raises ModelError: if the number of labels is not the number of classes.
        """
        self.name = name
        self.labels = labels
        self.runtime = runtime
        self.trained_for = trained_for
        self.sha256 = sha256
        self._preprocess = Preprocessor(transform, runtime.quantization)
        self._logits = runtime.run()
        check_labels(labels, len(self._logits))

    @classmethod
    def of(cls, loaded: Loaded) -> Classifier:
        """Take what a file held."""
        return cls(
            loaded.name,
            loaded.runtime,
            loaded.transform,
            loaded.labels,
            loaded.trained_for,
            loaded.sha256,
        )

    @classmethod
    def load(cls, config: ClassifierConfig) -> Classifier:
        """
        Load the model that the config names, ready to run on this thread.

        :raises ModelError: if it cannot be had or does not work here.
        """
        classifier = cls._load(config)
        classifier.runtime.set_num_threads(config.num_threads)
        return classifier

    @classmethod
    def _load(cls, config: ClassifierConfig) -> Classifier:
        if config.uses_executorch:
            from rpi_classifier.runtime import executorch

            return cls.of(executorch.load(config))
        torch_releases.require_torch()
        from rpi_classifier.runtime import torchscript

        torchscript.set_num_threads(config.num_threads)  # loading warms up with as many
        if config.is_file:
            from rpi_classifier.models import torchscript_file

            return cls.of(torchscript_file.load(config))
        from rpi_classifier.models import zoo

        model = zoo.load(config.model, config.weights)
        runtime = torchscript.TorchScript(
            model.network,
            model.transform,
            engine=config.engine,
            jit=config.jit,
            trained_for=model.trained_for,
            kernels=config.kernels,
        )
        return cls(model.name, runtime, model.transform, model.labels, model.trained_for)

    def classify(self, image: Image, top_k: int = 5, score_threshold: float = 0.0) -> Result:
        """
        Classify one image.

        :param image: [H, W, 3] uint8 BGR, any size.
        :param top_k: number of classes wanted.
        :param score_threshold: classes with a lower probability are left out.
        :raises ImageError: if the image has another shape or type.
        """
        start = time.monotonic_ns()
        self._preprocess(image, self.runtime.buffer)
        ready = time.monotonic_ns()
        self._logits = self.runtime.run()
        done = time.monotonic_ns()
        best, scores = self.runtime.top(top_k)
        predictions = tuple(
            Prediction(index, self.labels[index], score)
            for index, score in zip(best, scores)
            if score >= score_threshold
        )
        return Result(predictions, ready - start, done - ready)

    def probabilities(self) -> NDArray[np.float32]:
        """Return those of all classes, [classes], for the last image."""
        powers = np.exp(self._logits - self._logits.max())
        return powers / powers.sum()  # type: ignore[no-any-return]
