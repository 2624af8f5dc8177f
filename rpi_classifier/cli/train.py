# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""train: make a model for own classes out of a folder of photos."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
import sys
import time

from rpi_classifier.cli.command import check_output_path, path_option, run_command
from rpi_classifier.cli.interrupts import first_interrupt
from rpi_classifier.cli.model_options import (
    add_region_option,
    as_parameter,
    check_engine_option,
)
from rpi_classifier.cli.progress import progress
from rpi_classifier.cli.train_report import advice, describe_file, explain_settings
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.choices import suggest_names
from rpi_classifier.errors import ConfigError
from rpi_classifier.models.file_format import FileFormat
from rpi_classifier.models.load import format_of, FORMATS, require_torch_for
from rpi_classifier.models.zoo import MODELS
from rpi_classifier.region import parse_region
from rpi_classifier.training.data_set import DataSet, HELD_OUT, read_data_set
from rpi_classifier.training.monitor import Monitor
from rpi_classifier.training.train_options import FINE_TUNE_EPOCHS, TrainOptions
from rpi_classifier.wording import printable_path

_WRITABLE = tuple(one.suffix for one in FORMATS if one.write)
_STOPPING = 'train: stops here and writes the result so far; Ctrl-C again: writes nothing'


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = TrainOptions()
    parser = argparse.ArgumentParser(
        prog='train',
        description='Train a model of the zoo on photos of your own classes, in minutes on a PC, '
        'and write it as one file: model: /path/FILE in YAML is all that the node needs. The '
        'int8 network gets a new last layer; with --unfreeze, all its layers are trained.',
        epilog='A class named other, with photos of anything else that the robot may see, keeps '
        'it from taking everything for one of your classes.',
    )
    add, given = parser.add_argument, 'default: %(default)s'
    layouts = 'FOLDER/CLASS/*, or FOLDER/train/CLASS/* and FOLDER/val/CLASS/*'
    add('folder', type=path_option('folder'), metavar='FOLDER', help=f'photos: {layouts}')
    names = '|'.join(f'FILE{suffix}' for suffix in _WRITABLE)
    add('--output', type=path_option('output'), required=True, metavar=names)
    meaning = f'one of {", ".join(MODELS)}'
    model, weights = as_parameter('model'), as_parameter('weights')
    add('--model', type=model, default=defaults.model, help=f'{meaning}; {given}')
    add('--weights', type=weights, default=defaults.weights, help='default or random')
    engine = 'of torch that FILE.pt is for; qnnpack: a Raspberry Pi. FILE.onnx needs none'
    add('--engine', type=as_parameter('engine'), default='auto', help=f'{engine}; {given}')
    views = 'copies of each photo in other light and from nearer, mirrored or not; 0: none'
    add('--views', type=int, default=defaults.views, metavar='N', help=f'{views}; {given}')
    no_mirror = 'never exchange left and right: for arrows, letters, hands'
    add('--no-mirror', dest='mirror', action='store_false', help=no_mirror)
    epochs = 'most passes over the photos; fewer if they gain nothing'
    usual = f'default: {defaults.epochs}, with --unfreeze {FINE_TUNE_EPOCHS}'
    add('--epochs', type=int, metavar='N', help=f'{epochs}; {usual}')
    unfreeze = 'then train all layers, with the quantization in the training: takes far longer'
    add('--unfreeze', action='store_true', help=unfreeze)
    held_out = f'part of each class for validation where there is no val/; default: {HELD_OUT}'
    add('--held-out', type=float, metavar='PART', help=held_out)
    seed = 'decides what is held out, and the copies'
    add('--seed', type=int, default=defaults.seed, help=f'{seed}; {given}')
    add_region_option(parser, 'the whole image')
    return parser.parse_args(words)


def train(words: Sequence[str] | None) -> None:
    """
    Train, write the file, and print how good it is.

    :raises RpiClassifierError: if an option or the photos cannot be used; there is no file then.
    """
    started = time.monotonic(), time.process_time()
    options = arguments(words)
    wanted = _options_of(options)
    file_format = _format_of_output(options.output, options.engine)
    require_torch_for(wanted.model)
    file_format.require_export()
    data = _data_of(options)
    for note in data.notes:
        _tell(f'note: {note}')
    from rpi_classifier.training.fine_tune import fine_tune
    from rpi_classifier.training.train_head import train_head

    trainer = fine_tune if options.unfreeze else train_head
    with first_interrupt(_STOPPING) as stopped:
        trained = trainer(data, wanted, Monitor(partial(progress, 'train'), _tell, stopped))
    assert file_format.write
    written = file_format.write(trained.model, options.output, options.engine)
    _tell(f'{wanted.model}: {trained.how}')
    _tell(describe_file(options.output, data, trained))
    wall, cpu = time.monotonic() - started[0], time.process_time() - started[1]
    _tell(f'took {wall:.0f} s, with {cpu:.0f} s of CPU time')
    for hint in advice(data, written):
        _tell(f'tip: {hint}')
    _tell(explain_settings(options.output))


def _options_of(options: argparse.Namespace) -> TrainOptions:
    """
    Return what the user decided about the training.

    :raises ConfigError: naming the first value that is not allowed.
    """
    if ClassifierConfig(model=options.model, weights=options.weights).is_file:
        raise ConfigError(
            f'model: {options.model!r} is a file; training begins with a model of the zoo: '
            f'{", ".join(MODELS)}'
        )
    if options.model not in MODELS:
        raise ConfigError(
            f'model: {options.model!r} is not in the zoo{suggest_names(options.model, MODELS)}; '
            f'training begins with one of {", ".join(MODELS)}'
        )
    if options.epochs is None:
        options.epochs = FINE_TUNE_EPOCHS if options.unfreeze else TrainOptions.epochs
    limits = {'views': (0, 64), 'epochs': (1, 100_000), 'seed': (0, 2**32 - 1)}
    for name, (least, most) in limits.items():
        value = getattr(options, name)
        if not least <= value <= most:
            raise ConfigError(f'{name}: {value} is not from {least} to {most}')
    fields = TrainOptions.__dataclass_fields__
    given = {name: getattr(options, name) for name in fields if hasattr(options, name)}
    # A file may have any name, but the record of a model only one that can be printed.
    name = printable_path(options.output.stem).strip() or TrainOptions.name
    return TrainOptions(**given, name=name)


def _format_of_output(output: Path, engine: str) -> FileFormat:
    """
    Return the format of the file to write.

    :raises ConfigError: if it cannot hold own classes, or be written there, or has no engine.
    """
    found = format_of(str(output))
    if output.suffix == found.suffix and found.write is None:
        raise ConfigError(
            f'output: {str(output)!r} is for float models, which {found.runtime} quantizes in its '
            f'own way; name a file that ends in {" or ".join(_WRITABLE)}'
        )
    check_output_path('output', output, _WRITABLE)
    check_engine_option(engine, found)
    return found


def _data_of(options: argparse.Namespace) -> DataSet:
    part = options.held_out
    if part is not None and not 0 <= part <= 0.9:
        raise ConfigError(f'held-out: {part:g} is not from 0 to 0.9')
    region = parse_region(options.region)
    data = read_data_set(
        options.folder,
        held_out=HELD_OUT if part is None else part,
        seed=options.seed,
        region=str(region or ''),
    )
    if part is not None and data.has_val:
        raise ConfigError(
            f'held-out: {part:g} is for folders without val/, which {options.folder} has; leave '
            'it out'
        )
    return data


def _tell(sentence: str) -> None:
    print(sentence, flush=True)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2 for a bad option, 1 for bad photos or a bad model."""
    return run_command('train', train, words)


if __name__ == '__main__':
    sys.exit(main())
