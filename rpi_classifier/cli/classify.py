# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""classify: print the most likely classes of photos."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import partial
import json
from pathlib import Path
import sys

from rpi_classifier.cli.command import run_command
from rpi_classifier.cli.model_options import add_model_options, as_parameter, model_options
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ImageError
from rpi_classifier.images.decode import decode_image, read_image_file
from rpi_classifier.inference.classifier import Classifier, Result
from rpi_classifier.input_spec import Image
from rpi_classifier.photos import find_photos
from rpi_classifier.wording import printable_path


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = ClassifierConfig()
    parser = argparse.ArgumentParser(
        prog='classify', description='Print the most likely classes of photos, best first.'
    )
    parser.add_argument(
        'images',
        metavar='IMAGE',
        nargs='+',
        help='JPEG, PNG, ..., a folder of them, or - for standard input',
    )
    parser.add_argument(
        '--top-k',
        type=as_parameter('top_k'),
        default=10,
        help='number of classes (default: 10)',
    )
    parser.add_argument('--json', action='store_true', help='print JSON')
    parser.add_argument(
        '--model',
        type=as_parameter('model'),
        default=defaults.model,
        help='name of a model, or path of a model file; default: %(default)s',
    )
    parser.add_argument(
        '--engine',
        type=as_parameter('engine'),
        default=defaults.engine,
        help='default: %(default)s',
    )
    parser.add_argument('--eager', action='store_true', help='run without TorchScript')
    add_model_options(parser)
    return parser.parse_args(words)


def result_as_json(name: str, result: Result) -> dict[str, object]:
    """Return the entry of one photo in the JSON output."""
    return {
        'image': name,
        'results': [
            {'index': prediction.index, 'label': prediction.label, 'score': prediction.score}
            for prediction in result.predictions
        ],
    }


def result_as_text(name: str, result: Result) -> str:
    """Return the tutorial's list under the name of the photo."""
    lines = [f'{prediction.score:6.2%} {prediction.label}' for prediction in result.predictions]
    return '\n'.join([name, *lines])


def classify(words: Sequence[str] | None) -> int:
    """
    Classify the photos that the command line names, one after the other.

    :returns: the exit status: 2 if some of the photos could not be used.
    :raises RpiClassifierError: if the options or the model are wrong; nothing is printed before.
    """
    options = arguments(words)
    config = ClassifierConfig(
        model=options.model,
        engine=options.engine,
        jit=not options.eager,
        top_k=options.top_k,
        **model_options(options),
    )
    classifier = Classifier.load(config)
    if classifier.runtime.info.caution:
        print(f'classify: {classifier.runtime.info.caution}', file=sys.stderr)
    entries: list[dict[str, object]] = []
    errors: list[ImageError] = []
    shown = 0
    for name, load in _images(options.images, errors):
        try:
            result = classifier.classify(load(), config.top_k)
        except ImageError as error:
            errors.append(error)
            continue
        if options.json:
            entries.append(result_as_json(name, result))
        else:
            print('\n' * bool(shown) + result_as_text(name, result), flush=True)
            shown += 1
    if options.json:
        print(json.dumps(entries, indent=2))
    for failure in errors:
        print(f'classify: {failure}', file=sys.stderr)
    return 2 if errors else 0


def _images(
    words: Sequence[str], errors: list[ImageError]
) -> Iterator[tuple[str, Callable[[], Image]]]:
    """Yield the name of each image and what loads it; add what names none to the errors."""
    for word in words:
        if word == '-':
            yield 'standard input', lambda: decode_image(sys.stdin.buffer.read(), 'standard input')
        elif '://' in word:
            errors.append(ImageError(f'{word} is a URL; download it, and give the file'))
        else:
            try:
                paths = find_photos([Path(word)])
            except ImageError as error:
                errors.append(error)
                continue
            for path in paths:
                yield printable_path(path), partial(read_image_file, path)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2 for a bad image or option, 1 for a bad model."""
    return run_command('classify', classify, words)


if __name__ == '__main__':
    sys.exit(main())
