# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0


"""export_model: write a model and all that belongs to it into one file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ImageError, RpiClassifierError

if TYPE_CHECKING:
    from rpi_classifier.models.record import Record

_SUFFIXES = {'auto': ('.pt', '.pte'), 'torchscript': ('.pt',), 'executorch': ('.pte',)}


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    from rpi_classifier.models.zoo import MODELS

    defaults = ClassifierConfig()
    parser = argparse.ArgumentParser(
        prog='export_model',
        description='Write a model of the zoo as a file that needs neither network nor '
        'torchvision, for TorchScript (FILE.pt) or ExecuTorch (FILE.pte): classify --model FILE, '
        'or model: /path/FILE in YAML.',
    )
    parser.add_argument(
        '--model',
        default=defaults.model,
        help=f'one of {", ".join(MODELS)}; default: %(default)s',
    )
    parser.add_argument('--weights', default='default', help='default or random')
    parser.add_argument(
        '--runtime', default='auto', choices=list(_SUFFIXES), help='default: what FILE ends in'
    )
    parser.add_argument('--engine', default='auto', help='of torch; default: %(default)s')
    parser.add_argument(
        '--photos',
        type=Path,
        nargs='+',
        metavar='FOLDER|FILE',
        help="for ExecuTorch, to calibrate on; default: scikit-image's sample photos",
    )
    parser.add_argument('--output', type=Path, required=True, metavar='FILE.pt|FILE.pte')
    return parser.parse_args(words)


def export_model(words: Sequence[str] | None) -> str:
    """
    Do what the command line says.

    :returns: one line about the file.
    :raises RpiClassifierError: if anything is wrong; then there is no file.
    """
    from rpi_classifier.runtime import torch_releases

    torch_releases.require_torch()
    from rpi_classifier.models import record

    options = arguments(words)
    ClassifierConfig(model=options.model, weights=options.weights, engine=options.engine)
    output: Path = options.output
    if output.suffix not in _SUFFIXES[options.runtime]:
        allowed = ' or '.join(_SUFFIXES[options.runtime])
        raise ConfigError(f'output: {str(output)!r} does not end in {allowed}')
    if not output.parent.is_dir():
        raise ConfigError(f'output: {output.parent} is not a folder; make it first')
    written = _for_executorch(options) if output.suffix == '.pte' else _for_torchscript(options)
    digest = record.file_sha256(output.read_bytes())
    return f'{output}: {written.name} for engine {written.engine}, model_sha256 {digest}'


def _for_torchscript(options: argparse.Namespace) -> Record:
    from rpi_classifier.models import torchscript_file, zoo

    if options.photos:
        raise ConfigError(f'photos: {options.photos[0]} is for FILE.pte only; leave it out')
    return torchscript_file.export(
        zoo.load(options.model, options.weights), options.output, options.engine
    )


def _for_executorch(options: argparse.Namespace) -> Record:
    from rpi_classifier.models import export_executorch, zoo
    from rpi_classifier.photos import all_crops, find_photos, sample_photos
    from rpi_classifier.runtime import executorch

    if options.engine != 'auto':
        raise ConfigError(f'engine: {options.engine!r} is for FILE.pt only; leave it out')
    executorch.bindings()
    images = all_crops(find_photos(options.photos) if options.photos else sample_photos())
    model = zoo.load_float(options.model, options.weights)
    return export_executorch.export(model, images, options.output)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2 for a bad option, 1 for a bad model."""
    try:
        print(export_model(words))
    except RpiClassifierError as error:
        print(f'export_model: {error}', file=sys.stderr)
        return 2 if isinstance(error, (ConfigError, ImageError)) else 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
