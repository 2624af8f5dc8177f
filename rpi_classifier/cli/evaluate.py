# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""evaluate: the accuracy of a model on labelled photos, its calibration and thresholds."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
import sys

from rpi_classifier.cli.command import run_command
from rpi_classifier.cli.evaluate_options import arguments, check_evaluation, evaluated_configs
from rpi_classifier.cli.evaluate_output import output_evaluation
from rpi_classifier.cli.progress import progress
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, DataSetError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.photos import photos_in
from rpi_classifier.training.comparison import compare_predictions
from rpi_classifier.training.data_set import has_part, read_data_set, read_labeled_photos
from rpi_classifier.training.evaluation import Evaluation
from rpi_classifier.training.labeled_photo import LabeledPhoto
from rpi_classifier.training.other_class import find_other_class
from rpi_classifier.training.predictions import NO_CLASS, predict_photos, Predictions
from rpi_classifier.training.recalibration import recalibrate, with_temperature
from rpi_classifier.training.reference import load_float_form


def evaluate(words: Sequence[str] | None) -> int:
    """
    Evaluate what the command line names.

    :returns: the exit status: 1 if a file could not be written, else 2 if some of the photos
        could not be used.
    :raises RpiClassifierError: if anything is wrong with options, model or folder; nothing is
        printed or written before.
    """
    options = arguments(words)
    config, other = evaluated_configs(options)
    check_evaluation(options, config, other)
    classifier = _load(config)
    photos = _photos(options, classifier, tell=True)
    found = _evaluate(options, classifier, photos)
    del classifier  # a large one leaves no room for another
    if options.against:
        found = _compare(options, found, config, other)
    return output_evaluation(options, found)


def _photos(
    options: argparse.Namespace, classifier: Classifier, *, tell: bool = False
) -> list[LabeledPhoto]:
    """Return the photos to evaluate; all of a folder, or those that train holds out of it."""
    labels, region = tuple(classifier.labels), _region(options, classifier)
    if options.held_out is None:
        photos, notes = read_labeled_photos(options.folder, labels, region=region)
        every_class = len({photo.label for photo in photos}) == len(labels)
        if every_class and not has_part(options.folder, 'val'):
            notes.append(
                f'if {options.model} was trained on these photos, add --held-out, which judges '
                'only those that it has not learned'
            )
        for note in notes if tell else ():
            print(f'evaluate: {note}', file=sys.stderr)
        return photos
    photos, _ = read_labeled_photos(options.folder, labels, 'train', region)
    data = read_data_set(options.folder, held_out=options.held_out, seed=options.seed or 0)
    if data.has_val:
        raise ConfigError(
            f'held-out: {options.held_out:g} is for folders without val/, which '
            f'{describe_path(options.folder)} has; leave it out'
        )
    held_out = {photo.path for photo in data.val}
    photos = [photo for photo in photos if photo.path in held_out]
    if not photos:
        raise DataSetError(
            f'{describe_path(options.folder)}: no photo is held out; a class needs three or more'
        )
    return photos


def _load(config: ClassifierConfig) -> Classifier:
    classifier = Classifier.load(config)
    if classifier.runtime.info.caution:
        print(f'evaluate: {classifier.runtime.info.caution}', file=sys.stderr)
    return classifier


def _evaluate(
    options: argparse.Namespace, classifier: Classifier, photos: Sequence[LabeledPhoto]
) -> Evaluation:
    predictions = _predict(classifier, photos)
    unknown = None
    if options.unknown:
        other = find_other_class(classifier.labels)
        label = NO_CLASS if other is None else other
        region = _region(options, classifier)
        others = [LabeledPhoto(path, label, region) for path in photos_in(options.unknown)]
        unknown = _predict(classifier, others)
    way = _way(options, classifier)
    found = Evaluation(options.model, way, predictions, options.precision, unknown)
    return _recalibrated(found, classifier) if options.calibrate else found


def _region(options: argparse.Namespace, classifier: Classifier) -> str:
    return options.region or classifier.region


def _way(options: argparse.Namespace, classifier: Classifier) -> str:
    """Return in a phrase what runs a model, and which part of the photos it sees."""
    info, region = classifier.runtime.info, _region(options, classifier)
    way = f'{classifier.name}, {info.runtime}, {info.engine}'
    return f'{way}, region {region}' if region else way


def _predict(classifier: Classifier, photos: Sequence[LabeledPhoto]) -> Predictions:
    with progress('evaluate', len(photos)) as advance:
        return predict_photos(classifier, photos, advance)


def _recalibrated(found: Evaluation, classifier: Classifier) -> Evaluation:
    """Fit a temperature, and look at all scores as they will be with it."""
    kind, former = classifier.output_kind, classifier.temperature
    fitted = recalibrate(found.predictions, kind, former)
    factor = fitted.temperature / former
    return replace(
        found,
        recalibration=fitted,
        predictions=with_temperature(found.predictions, kind, factor),
        unknown=found.unknown and with_temperature(found.unknown, kind, factor),
    )


def _compare(
    options: argparse.Namespace,
    found: Evaluation,
    config: ClassifierConfig,
    other: ClassifierConfig | None,
) -> Evaluation:
    labels = found.predictions.labels
    classifier = _load(other) if other else load_float_form(config, labels)
    photos = _photos(options, classifier)
    try:
        theirs = _predict(classifier, photos)
    except DataSetError as error:
        raise DataSetError(f'against: {options.against}: {error}') from error
    return replace(
        found,
        against=options.against,
        against_way=_way(options, classifier),
        comparison=compare_predictions(found.predictions, theirs),
    )


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2: bad option or photo, 1: bad model, folder or disk."""
    return run_command('evaluate', evaluate, words)


if __name__ == '__main__':
    sys.exit(main())
