# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What train says about the file that it wrote, and what would make the next one better."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.inference.unknown import UNKNOWN
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.models.temperature import set_temperature
from rpi_classifier.training.calibration import LEAST_PHOTOS
from rpi_classifier.training.data_set import DataSet
from rpi_classifier.training.other_class import find_other_class
from rpi_classifier.training.predictions import predict_photos, Predictions
from rpi_classifier.training.recalibration import recalibrate
from rpi_classifier.yaml_core import spell_scalar

if TYPE_CHECKING:
    from rpi_classifier.training.train_head import Trained

_X86_ENGINES = {'onednn', 'x86', 'fbgemm'}


def describe_file(path: Path, data: DataSet, trained: Trained) -> str:
    """
    Load the file as the node does, compare it with the network before its last step, calibrate it.

    :raises ModelError: if the file does not work.
    """
    classifier = Classifier.load(ClassifierConfig(model=str(path)))
    labels = ', '.join(data.labels)
    about = f'{path}: {len(data.labels)} classes, {labels}'
    if not trained.photos:
        return f'{about}; no photo was left for validation, so its accuracy is not known'
    found = predict_photos(classifier, data.val)
    whole = f'before {trained.last_step}: {trained.right} of {trained.photos}'
    return (
        f'{about}\naccuracy on the photos for validation: {found.accuracy}; {whole}\n'
        f'{_calibrate(path, found, classifier)}'
    )


def _calibrate(path: Path, found: Predictions, classifier: Classifier) -> str:
    """Store the temperature that the photos for validation ask for, if they can tell it."""
    if found.right.all() and len(found.right) >= LEAST_PHOTOS:
        kept = 'no photo for validation is wrong, so none tells how certain it may be'
        return f'temperature stays 1: {kept}'
    fitted = recalibrate(found, classifier.output_kind, classifier.temperature)
    if fitted.kept:
        return f'temperature stays {fitted.temperature:g}: {fitted.kept}'
    try:
        set_temperature(path, fitted.temperature)
    except ModelError as error:  # as of a full disk; the model itself is there, and works
        return f'temperature stays {fitted.former:g}, because it cannot be stored: {error}'
    return (
        f'temperature {fitted.temperature:g} is stored: expected calibration error '
        f'{fitted.error_before:.3f} before and {fitted.error_after:.3f} with it'
    )


def advice(data: DataSet, written: ModelMetadata) -> Iterator[str]:
    """Give sentences about what would make the model better, or run where it does not."""
    if written.engine in _X86_ENGINES:
        yield (
            f'this file is for engine {written.engine}, which a Raspberry Pi lacks; for one, '
            'train with --engine qnnpack, or write FILE.onnx'
        )
    if find_other_class(data.labels) is None:
        yield (
            'add a class other, with photos of anything else that the robot may see; without it, '
            'everything is taken for one of the classes'
        )
    if UNKNOWN in data.labels:
        yield (
            f'give the class {UNKNOWN} another name, as other: the node itself has a class '
            f'{UNKNOWN}, by the parameter unknown_below, which it refuses beside one of the model'
        )


def explain_settings(path: Path) -> str:
    """Return the line of a parameter file that the model needs, and its heading."""
    return f'set this parameter of the classifier:\nmodel: {spell_scalar(str(path.absolute()))}'
