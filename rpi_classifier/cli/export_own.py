# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""export_model --architecture: weights that were trained in an architecture of the zoo."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
import os
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from rpi_classifier.cli.command import check_output_path
from rpi_classifier.cli.model_options import check_engine_option
from rpi_classifier.collect.class_folders import class_folders, class_photos, visible_folders
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.choices import find_choice, suggest_choice
from rpi_classifier.config.model_words import three_numbers
from rpi_classifier.errors import ConfigError
from rpi_classifier.files.paths import describe_path, expand_path
from rpi_classifier.input_spec import Transform
from rpi_classifier.models.labels import given_labels
from rpi_classifier.models.load import FORMATS
from rpi_classifier.models.model import Model
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.models.zoo import get_spec, MODELS
from rpi_classifier.photos import find_photos
from rpi_classifier.training.data_set import read_labeled_photos
from rpi_classifier.training.drop import check_drop, check_drop_options

if TYPE_CHECKING:  # it imports torch
    from rpi_classifier.models.agreement import Agreement

_NOT_HERE = ('model_sha256', 'output_kind')


def add_architecture_option(parser: argparse.ArgumentParser) -> None:
    """Add --architecture, with which --weights names a file."""
    parser.add_argument(
        '--architecture',
        default='',
        metavar='NAME',
        help='with --weights FILE.pth and --labels: write a network that you trained as '
        'torchvision builds it (its state_dict: float, for quantization-aware training, or '
        f'int8); one of {", ".join(MODELS)}',
    )


def export_own_network(options: argparse.Namespace) -> str:
    """
    Write weights of an architecture of the zoo as a model file; say what was written.

    :raises RpiClassifierError: if anything is wrong; then there is no file.
    """
    architecture = _architecture(options)
    check_drop_options(options.max_drop, options.photos)
    write = _writer(options)
    labels = given_labels(_given_labels(options))
    transform = _transform(options, get_spec(architecture).transform)
    photos, truths = _photos(options.photos, labels)
    from rpi_classifier.models.own_network import build_own_model, OwnNetwork

    weights = Path(expand_path(options.weights, 'weights'))
    own = build_own_model(
        OwnNetwork(architecture, weights, labels, transform, tuple(photos), tuple(truths))
    )
    for note in own.notes:
        print(note)
    _check_drop(options, own.agreement)
    written = write(own.model, options.output, options.engine)
    return f'{written.name} with {len(labels)} classes for engine {written.engine}'


def _check_drop(options: argparse.Namespace, agreement: Agreement | None) -> None:
    """Print what int8 loses against float, and refuse too much."""
    if agreement is not None:
        print(agreement)
    if options.max_drop is None:
        return
    if agreement is None:
        raise ConfigError(
            f'max-drop: {options.max_drop:g} needs weights that are not int8 yet; leave it out'
        )
    advice = 'give more photos like those of the training'
    check_drop(options.output, agreement.points, options.max_drop, advice=advice)


def _architecture(options: argparse.Namespace) -> str:
    name: str = find_choice(options.architecture, MODELS) or options.architecture
    if name not in MODELS:
        hint = suggest_choice(name, MODELS)
        raise ConfigError(
            f'architecture: {name!r} is not one of {", ".join(MODELS)}{hint}; export a network of '
            'another architecture by torch.jit.trace, and pack it with --model FILE.pt'
        )
    if options.model != ClassifierConfig.model:
        raise ConfigError(
            f'model: {options.model!r} and architecture: {name!r} exclude each other; leave '
            '--model out'
        )
    if options.weights in ('default', 'random'):
        raise ConfigError(
            f'weights: {options.weights!r} is for --model; with --architecture, give '
            '--weights FILE.pth, the state_dict of your network'
        )
    return name


def _writer(options: argparse.Namespace) -> Callable[[Model, Path, str], ModelMetadata]:
    """Return what writes an int8 network as the file that --output names."""
    output: Path = options.output
    taking = [one for one in FORMATS if one.write]
    found = next((one for one in FORMATS if one.suffix == output.suffix), taking[0])
    names = ' or '.join(f'FILE{one.suffix}' for one in taking)
    if found.write is None:
        raise ConfigError(
            f'output: {output.name!r} is quantized in its own way, from models of the zoo; with '
            f'--architecture, name {names}'
        )
    check_output_path('output', output, [one.suffix for one in taking])
    if options.runtime not in ('auto', found.runtime):
        raise ConfigError(f'runtime: {options.runtime!r} does not run {output.name!r}')
    check_engine_option(options.engine, found)
    found.require_export()
    return found.write


def _given_labels(options: argparse.Namespace) -> str | Sequence[str]:
    if not options.labels:
        raise ConfigError(
            'labels: the classes of your network have no names; give --labels FILE, a name per '
            'line in the order of the outputs, or --labels "cup,plate"'
        )
    for name in _NOT_HERE:
        value = getattr(options, name)
        if value != getattr(ClassifierConfig, name):
            raise ConfigError(
                f'{name}: {value!r} is for a model file, not for --architecture; leave it out'
            )
    text = expand_path(options.labels, 'labels')
    if ',' in text and not Path(text).exists():
        return [word.strip() for word in text.split(',')]
    return text


def _transform(options: argparse.Namespace, usual: Transform) -> Transform:
    """Return the input of the architecture, changed where options say so."""
    given = {name: getattr(options, name) for name in ('input_size', 'input_resize')}
    given = {name: value for name, value in given.items() if value}
    size = given.get('input_size', usual.size)
    # Whoever changes the size alone gets the usual margin around the crop.
    resize = given.get('input_resize', round(size * usual.resize / usual.size))
    if resize < size:
        raise ConfigError(
            f'input_resize: {resize} is smaller than input_size {size}; give a larger one'
        )
    mean, std = (
        three_numbers(name, getattr(options, name))
        if getattr(options, name) != getattr(ClassifierConfig, name)
        else getattr(usual, name.removeprefix('input_'))
        for name in ('input_mean', 'input_std')
    )
    return Transform(size, resize, mean, std)


def _photos(paths: Sequence[Path], labels: Sequence[str]) -> tuple[list[Path], list[int]]:
    """Return the photos, and their classes if a folder has one folder for each class."""
    if len(paths) != 1 or not os.path.isdir(paths[0]) or not visible_folders(paths[0]):
        return find_photos(paths), []
    folder = paths[0]
    if not any((folder / part).is_dir() for part in ('train', 'val')):
        classes = class_folders(folder)
        if not set(classes) <= set(labels):
            print(
                f'export_model: the folders of {describe_path(folder)} are not all labels, so '
                'right answers are not counted',
                file=sys.stderr,
            )
            return [path for own in classes.values() for path in class_photos(own)], []
    found, _ = read_labeled_photos(folder, labels)
    return [photo.path for photo in found], [photo.label for photo in found]
