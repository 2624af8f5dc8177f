# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The float form of a model, where it is known."""

from __future__ import annotations

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.inference.float_classifier import load_float_classifier
from rpi_classifier.models.load import read_metadata, require_torch_for
from rpi_classifier.models.zoo import MODELS

FLOAT = 'float'


def float_name(config: ClassifierConfig) -> str:
    """
    Return the model of the zoo that has the float form of a model.

    :raises ConfigError: if it is not known.
    :raises ModelError: if the model cannot be read, or torch does not run here.
    """
    name = config.model
    if config.is_file:
        metadata = read_metadata(config.model, config.model_sha256)
        name = metadata.name if metadata else ''
    if name not in MODELS:
        raise ConfigError(
            f'against: the float form of {config.model!r} is not known, only that of the zoo and '
            'of files made of it; give another file, or a model of the zoo'
        )
    require_torch_for(name)
    return name


def load_float_form(config: ClassifierConfig, labels: tuple[str, ...]) -> Classifier:
    """
    Load the float form of a model.

    :param labels: of the model.
    :raises ConfigError: if it is not known.
    :raises ModelError: if it cannot be built.
    """
    name = float_name(config)
    classifier = load_float_classifier(name)
    if tuple(classifier.labels) != labels:
        raise ModelError(
            f'{config.model} has other classes than {name} of the zoo, so its float form is not '
            'known; compare it with another file'
        )
    return classifier
