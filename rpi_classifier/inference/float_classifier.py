# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Models of the zoo in float32, to compare with."""

from __future__ import annotations

from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.zoo import build_float_model
from rpi_classifier.runtime.base import RuntimeInfo


def load_float_classifier(name: str, weights: str = 'default', num_threads: int = 0) -> Classifier:
    """
    Build the float form of a model of the zoo, and let torch run it eagerly.

    :param num_threads: 0: all cores.
    :raises UnknownModelError: if there is no such model.
    :raises ModelError: if torch does not run here, or the weights cannot be had.
    """
    model = build_float_model(name, weights)  # checks torch before it is imported
    from rpi_classifier.runtime.torchscript import set_torch_threads, TorchRuntime

    set_torch_threads(num_threads)
    runtime = TorchRuntime(model.network, model.transform.size)
    runtime.info = RuntimeInfo('torch', 'fp32', 'eager', 'not checked')
    return Classifier(
        LoadedModel(model.name, runtime, model.transform, model.labels, model.weights_backend)
    )
