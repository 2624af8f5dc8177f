# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""classify: print the most likely classes of photos."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import json
from pathlib import Path
import sys

from rpi_classifier.cli.command import run_command
from rpi_classifier.cli.model_options import add_model_options, model_options
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.inference.classifier import Classifier, Result


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = ClassifierConfig()
    parser = argparse.ArgumentParser(
        prog='classify', description='Print the most likely classes of photos, best first.'
    )
    parser.add_argument('images', metavar='IMAGE', nargs='+', type=Path, help='JPEG, PNG, ...')
    parser.add_argument('--top-k', type=int, default=10, help='number of classes (default: 10)')
    parser.add_argument('--json', action='store_true', help='print JSON')
    parser.add_argument(
        '--model',
        default=defaults.model,
        help='name of a model, or path of a model file; default: %(default)s',
    )
    parser.add_argument('--engine', default=defaults.engine, help='default: %(default)s')
    parser.add_argument('--eager', action='store_true', help='run without TorchScript')
    add_model_options(parser)
    return parser.parse_args(words)


def result_as_json(path: Path, result: Result) -> dict[str, object]:
    """Return the entry of one photo in the JSON output."""
    return {
        'image': str(path),
        'results': [
            {'index': prediction.index, 'label': prediction.label, 'score': prediction.score}
            for prediction in result.predictions
        ],
    }


def result_as_text(path: Path, result: Result) -> str:
    """Return the tutorial's list under the name of the photo."""
    lines = [f'{prediction.score:6.2%} {prediction.label}' for prediction in result.predictions]
    return '\n'.join([str(path), *lines])


def classify(words: Sequence[str] | None) -> None:
    """
    Classify the photos that the command line names.

    :raises RpiClassifierError: if anything is wrong; nothing is printed before.
    """
    from rpi_classifier.photos import read_photo

    options = arguments(words)
    config = ClassifierConfig(
        model=options.model,
        engine=options.engine,
        jit=not options.eager,
        top_k=options.top_k,
        **model_options(options),
    )
    photos = [read_photo(path) for path in options.images]
    classifier = Classifier.load(config)
    if classifier.runtime.info.caution:
        print(f'classify: {classifier.runtime.info.caution}', file=sys.stderr)
    results = [classifier.classify(photo, config.top_k) for photo in photos]
    if options.json:
        print(json.dumps(list(map(result_as_json, options.images, results)), indent=2))
    else:
        print('\n\n'.join(map(result_as_text, options.images, results)))


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2 for a bad image or option, 1 for a bad model."""
    return run_command('classify', classify, words)


if __name__ == '__main__':
    sys.exit(main())
