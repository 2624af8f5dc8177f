# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""export_model: write a model and all that belongs to it into one file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys

from rpi_classifier.cli.command import check_output_path, path_option, run_command
from rpi_classifier.cli.export_own import add_architecture_option, export_own_network
from rpi_classifier.cli.model_options import add_model_options, as_parameter, model_options
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.models.file_format import ExportRequest, FileFormat
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.load import FORMATS
from rpi_classifier.models.pack import pack_file
from rpi_classifier.models.zoo import MODELS
from rpi_classifier.training.drop import check_drop_options, export_checked


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = ClassifierConfig()
    kinds = ' or '.join(f'{one.runtime} (FILE{one.suffix})' for one in FORMATS)
    parser = argparse.ArgumentParser(
        prog='export_model',
        description='Write a model of the zoo as a file that needs neither network nor '
        f'torchvision, for {kinds}; or a model file that others made, with what describes it. Use '
        'it with classify --model FILE, or model: /path/FILE in YAML.',
    )
    parser.add_argument(
        '--model',
        type=as_parameter('model'),
        default=defaults.model,
        help=f'one of {", ".join(MODELS)}, or a FILE that others made; default: %(default)s',
    )
    parser.add_argument(
        '--weights',
        type=as_parameter('weights'),
        default=defaults.weights,
        help='default or random',
    )
    parser.add_argument(
        '--runtime',
        type=as_parameter('runtime'),
        default=defaults.runtime,
        help=f'{", ".join(one.runtime for one in FORMATS)}; default: what FILE ends in',
    )
    parser.add_argument(
        '--engine',
        type=as_parameter('engine'),
        default=defaults.engine,
        help=f'quantized engine of torch, for {_takers("engine")}; default: %(default)s',
    )
    parser.add_argument(
        '--photos',
        type=path_option('photos'),
        nargs='+',
        default=[],
        metavar='FOLDER|FILE',
        help=f'to calibrate {_takers("photos")} on; default: sample photos of scikit-image',
    )
    names = '|'.join(f'FILE{one.suffix}' for one in FORMATS)
    parser.add_argument(
        '--max-drop',
        type=float,
        metavar='POINTS',
        help='write no file that loses more than so many percent points against the float network '
        'on --photos FOLDER: its accuracy for FOLDER/CLASS/*, else how often the classes agree',
    )
    parser.add_argument('--output', type=path_option('output'), required=True, metavar=names)
    add_architecture_option(parser)
    add_model_options(parser)
    return parser.parse_args(words)


def export_model(words: Sequence[str] | None) -> None:
    """
    Export what the command line asks for, and print one line about the file.

    :raises RpiClassifierError: if anything is wrong; then there is no file.
    """
    options = arguments(words)
    written = _write(options)
    digest = file_sha256(options.output.read_bytes())
    print(f'{options.output}: {written}, model_sha256 {digest}')


def _write(options: argparse.Namespace) -> str:
    """Write the file; say what was written."""
    if options.architecture:
        return export_own_network(options)
    asked = {name: getattr(options, name) for name in ('model', 'weights', 'runtime', 'engine')}
    config = ClassifierConfig(**asked, **model_options(options))
    return _pack(config, options) if config.is_file else _export(options)


def _export(options: argparse.Namespace) -> str:
    """Write a model of the zoo; say what was written."""
    file_format = _format_of_output(options)
    request = ExportRequest(
        options.model, options.output, options.weights, options.engine, tuple(options.photos)
    )
    if options.max_drop is None:
        written, told = file_format.export(request), ''
    else:
        written, drop = export_checked(file_format, request, options.max_drop)
        told = f'; {drop}'
    return f'{written.name} for engine {written.engine}{told}'


def _pack(config: ClassifierConfig, options: argparse.Namespace) -> str:
    """Write a copy of a file that others made, with a record; say what was written."""
    only = f'is for models of the zoo only, but {config.model} stays as it is'
    if options.photos:
        raise ConfigError(f'photos: {" ".join(map(str, options.photos))!r} {only}')
    if options.max_drop is not None:
        raise ConfigError(f'max-drop: {options.max_drop:g} {only}')
    written = pack_file(config, options.output)
    if written.caution:
        print(f'export_model: {written.caution}', file=sys.stderr)
    return f'{len(written.labels)} classes, returns {written.output_kind}'


def _format_of_output(options: argparse.Namespace) -> FileFormat:
    """Return the format to write, if the other options are for it."""
    output: Path = options.output
    allowed = [one for one in FORMATS if options.runtime in ('auto', one.runtime)]
    check_output_path('output', output, [one.suffix for one in allowed])
    found = next(one for one in allowed if output.suffix == one.suffix)
    check_drop_options(options.max_drop, options.photos)
    given = {
        'photos': '' if options.max_drop is not None else ' '.join(map(str, options.photos)),
        'engine': options.engine.replace('auto', ''),
    }
    for name, value in given.items():
        if value and name not in found.export_takes:
            raise ConfigError(f'{name}: {value!r} is for {_takers(name)} only; leave it out')
    return found


def _takers(option: str) -> str:
    return ' and '.join(f'FILE{one.suffix}' for one in FORMATS if option in one.export_takes)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2 for a bad option, 1 for a bad model."""
    return run_command('export_model', export_model, words)


if __name__ == '__main__':
    sys.exit(main())
