# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.


"""export_model: write a model and all that belongs to it into one file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, RpiClassifierError


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    from rpi_classifier.zoo import MODELS

    defaults = ClassifierConfig()
    parser = argparse.ArgumentParser(
        prog='export_model',
        description='Write a model of the zoo as a TorchScript file that needs neither network '
        'nor torchvision: classify --model FILE.pt, or model: /path/FILE.pt in YAML.',
    )
    parser.add_argument(
        '--model',
        default=defaults.model,
        help=f'one of {", ".join(MODELS)}; default: %(default)s',
    )
    parser.add_argument('--weights', default='default', help='default or random')
    parser.add_argument('--engine', default='auto', help='default: %(default)s')
    parser.add_argument('--output', type=Path, required=True, metavar='FILE.pt')
    return parser.parse_args(words)


def export_model(words: Sequence[str] | None) -> str:
    """
    Do what the command line says.

    :returns: one line about the file.
    :raises RpiClassifierError: if anything is wrong; then there is no file.
    """
    from rpi_classifier import zoo
    from rpi_classifier.runtime import archive, record

    options = arguments(words)
    config = ClassifierConfig(model=options.model, weights=options.weights, engine=options.engine)
    output: Path = options.output
    if output.suffix != '.pt':
        raise ConfigError(f'output: {str(output)!r} does not end in .pt')
    if not output.parent.is_dir():
        raise ConfigError(f'output: {output.parent} is not a folder; make it first')
    written = archive.export(zoo.load(config.model, config.weights), output, config.engine)
    digest = record.file_sha256(output.read_bytes())
    return f'{output}: {written.name} for engine {written.engine}, model_sha256 {digest}'


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2 for a bad option, 1 for a bad model."""
    try:
        print(export_model(words))
    except RpiClassifierError as error:
        print(f'export_model: {error}', file=sys.stderr)
        return 2 if isinstance(error, ConfigError) else 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
