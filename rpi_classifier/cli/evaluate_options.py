# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The options of evaluate, and what is wrong with them before any work."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rpi_classifier.benchmark.plot import require_matplotlib
from rpi_classifier.cli.command import check_output_path, path_option
from rpi_classifier.cli.model_options import (
    add_cache_option,
    add_model_options,
    add_region_option,
    as_parameter,
    model_options,
)
from rpi_classifier.collect.class_folders import visible_folders
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.files.output_file import explain_unwritable
from rpi_classifier.models.load import check_model_exists, read_metadata
from rpi_classifier.photos import photos_in
from rpi_classifier.region import parse_region
from rpi_classifier.training.data_set import HELD_OUT
from rpi_classifier.training.reference import FLOAT, float_name
from rpi_classifier.training.wrong_photos import check_photo_folder

_RECORD = 'a temperature is kept in the record of a file'


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog='evaluate',
        description='Classify photos whose classes are known, as the node would, and print how '
        'often the model is right, class by class, how well its scores are calibrated, and which '
        'thresholds give a precision.',
    )
    add = parser.add_argument
    add(
        'folder',
        type=path_option('folder'),
        metavar='FOLDER',
        help='photos in FOLDER/CLASS/, or in FOLDER/val/CLASS/',
    )
    add(
        '--model',
        type=as_parameter('model'),
        default=ClassifierConfig.model,
        help='name of a model, or path of a model file; default: %(default)s',
    )
    add(
        '--against',
        type=as_parameter('model'),
        metavar='OTHER',
        help='another model to compare with on the same photos; float: the float form of a model '
        'of the zoo',
    )
    _add_photo_options(parser)
    _add_outputs(parser)
    add_cache_option(parser)
    add_model_options(parser)
    return parser.parse_args(words)


def _add_photo_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('photos')
    add = group.add_argument
    add(
        '--unknown',
        type=path_option('unknown'),
        metavar='FOLDER',
        help='photos of things that are none of the classes: they count as wrong for the '
        'thresholds, and unknown_below is chosen by them',
    )
    add(
        '--held-out',
        type=float,
        nargs='?',
        const=HELD_OUT,
        metavar='PART',
        help='of a FOLDER without val/, evaluate only the photos that train --held-out PART '
        f'--seed SEED holds out; default of PART: {HELD_OUT:g}',
    )
    add('--seed', type=int, help='the seed of train, for --held-out; default: 0')
    add_region_option(group)


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group('results').add_argument
    add(
        '--precision',
        type=float,
        default=0.95,
        help='share of right results that the suggested thresholds should give; default: '
        '%(default)s',
    )
    add(
        '--calibrate',
        action='store_true',
        help="fit a temperature to these photos, and store it in the model's file",
    )
    add('--json', action='store_true', help='print JSON')
    add(
        '--confusion',
        type=path_option('confusion'),
        metavar='FILE.png',
        help='draw the confusion matrix',
    )
    add(
        '--wrong',
        type=path_option('wrong'),
        metavar='FOLDER',
        help='copy the photos that are wrong to FOLDER/CLASS/as_GUESS_SCORE_NAME',
    )


def evaluated_configs(
    options: argparse.Namespace,
) -> tuple[ClassifierConfig, ClassifierConfig | None]:
    """
    Return how the node would run the model, and the other one if that is to be loaded, too.

    Options that describe a file go to the one of the two that has no record. ``model_sha256`` is
    that of the model.

    :raises ConfigError: if an option is wrong, or not for the model.
    :raises ModelError: if a file cannot be read.
    """
    given = model_options(options)
    common = {'cache': options.cache}
    digest = {'model_sha256': given.pop('model_sha256')}
    other = None
    if options.against not in (None, FLOAT):
        is_described = _lacks_record(options.against)
        other = ClassifierConfig(
            model=options.against, **common, **(given if is_described else {})
        )
        if is_described and not _lacks_record(options.model):
            given = {}
    return ClassifierConfig(model=options.model, **common, **digest, **given), other


def _lacks_record(model: str) -> bool:
    return ClassifierConfig(model=model).is_file and read_metadata(model) is None


def check_evaluation(
    options: argparse.Namespace, config: ClassifierConfig, other: ClassifierConfig | None
) -> None:
    """
    Refuse what is wrong before any work.

    :param config: of the model.
    :param other: of the model to compare with, if it is one to be loaded.
    :raises RpiClassifierError: naming the first option, model or place that is wrong.
    """
    parse_region(options.region)
    if not 0 < options.precision <= 1:
        raise ConfigError(
            f'precision: {options.precision:g} is not a share above 0, up to 1, as in 0.95'
        )
    if options.confusion:
        check_output_path('confusion', options.confusion, ('.png',))
        require_matplotlib('confusion')
    if options.wrong:
        check_photo_folder('wrong', options.wrong, options.folder)
    if options.held_out is not None and not 0 < options.held_out < 1:
        raise ConfigError(f'held-out: {options.held_out:g} is not a part above 0 and below 1')
    if options.held_out is None and options.seed is not None:
        raise ConfigError(f'seed: {options.seed} is for --held-out only; add it')
    visible_folders(options.folder)
    if options.unknown:
        photos_in(options.unknown)
    check_model_exists(config)
    if options.calibrate:
        _check_record(config, options.region)
    if other:
        check_model_exists(other)
    if options.against == FLOAT:
        float_name(config)


def _check_record(config: ClassifierConfig, region: str) -> None:
    if not config.is_file:
        raise ConfigError(
            f'calibrate: {config.model!r} is a model of the zoo, but {_RECORD}; export it, and '
            'evaluate the file'
        )
    metadata = read_metadata(config.model)
    if metadata is None:
        raise ConfigError(
            f'calibrate: {config.model!r} has no record, but {_RECORD}; pack it by export_model, '
            'and evaluate the file that it writes'
        )
    if region and parse_region(region) != parse_region(metadata.region):
        raise ConfigError(
            f'calibrate: region {region!r} is not that of {config.model}, which is '
            f'{metadata.region or "the whole image"}, and its temperature is for what it sees '
            'there; leave one of calibrate and region out'
        )
    if reason := explain_unwritable(Path(config.model)):
        raise ConfigError(f'calibrate: {reason}')
