# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""export_model: write a model and all that belongs to it into one file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys

from rpi_classifier.cli.command import check_output_path, run_command
from rpi_classifier.cli.model_options import as_parameter
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.models.file_format import ExportRequest, FileFormat
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.load import FORMATS
from rpi_classifier.models.zoo import MODELS


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = ClassifierConfig()
    kinds = ' or '.join(f'{one.runtime} (FILE{one.suffix})' for one in FORMATS)
    parser = argparse.ArgumentParser(
        prog='export_model',
        description='Write a model of the zoo as a file that needs neither network nor '
        f'torchvision, for {kinds}. Use it with classify --model FILE, or model: /path/FILE in '
        'YAML.',
    )
    parser.add_argument(
        '--model',
        type=as_parameter('model'),
        default=defaults.model,
        help=f'one of {", ".join(MODELS)}; default: %(default)s',
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
        type=Path,
        nargs='+',
        default=[],
        metavar='FOLDER|FILE',
        help=f'to calibrate {_takers("photos")} on; default: sample photos of scikit-image',
    )
    names = '|'.join(f'FILE{one.suffix}' for one in FORMATS)
    parser.add_argument('--output', type=Path, required=True, metavar=names)
    return parser.parse_args(words)


def export_model(words: Sequence[str] | None) -> None:
    """
    Export what the command line asks for, and print one line about the file.

    :raises RpiClassifierError: if anything is wrong; then there is no file.
    """
    options = arguments(words)
    asked = {name: getattr(options, name) for name in ('model', 'weights', 'runtime', 'engine')}
    ClassifierConfig(**asked)
    file_format = _format_of_output(options)
    output: Path = options.output
    request = ExportRequest(
        options.model, output, options.weights, options.engine, tuple(options.photos)
    )
    written = file_format.export(request)
    digest = file_sha256(output.read_bytes())
    print(f'{output}: {written.name} for engine {written.engine}, model_sha256 {digest}')


def _format_of_output(options: argparse.Namespace) -> FileFormat:
    """Return the format to write, if the other options are for it."""
    output: Path = options.output
    allowed = [one for one in FORMATS if options.runtime in ('auto', one.runtime)]
    check_output_path('output', output, [one.suffix for one in allowed])
    found = next(one for one in allowed if output.suffix == one.suffix)
    given = {
        'photos': ' '.join(map(str, options.photos)),
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
