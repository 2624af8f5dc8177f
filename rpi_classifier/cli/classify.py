# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""classify: print the most likely classes of photos, or of an image of a running camera."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import partial
import json
from pathlib import Path
import sys
from typing import TypeAlias

from rpi_classifier.cli.command import check_seconds, run_command
from rpi_classifier.cli.graph import graph_listener, print_changes
from rpi_classifier.cli.model_options import (
    add_cache_option,
    add_model_options,
    as_parameter,
    model_options,
)
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ImageError, RpiClassifierError
from rpi_classifier.files.paths import expand_path
from rpi_classifier.images.decode import decode_image, read_image_file
from rpi_classifier.inference.classifier import Classifier, Result
from rpi_classifier.input_spec import Image
from rpi_classifier.models.load import check_model_exists
from rpi_classifier.photos import find_photos
from rpi_classifier.wording import printable_path

_Images: TypeAlias = Iterator[tuple[str, Callable[[], Image]]]  # names, and what loads them


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = ClassifierConfig()
    parser = argparse.ArgumentParser(
        prog='classify',
        description='Print the most likely classes of photos, best first, or what a running '
        'camera and classifier see.',
    )
    parser.add_argument(
        'images',
        metavar='IMAGE',
        nargs='*',
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
    add_cache_option(parser)
    add_model_options(parser)
    _add_graph_options(parser)
    return parser.parse_args(words)


def _add_graph_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('options for a running ROS graph')
    group.add_argument('--topic', help='classify the next image of this topic, and end')
    group.add_argument(
        '--watch',
        action='store_true',
        help='print each change of the best class that a running classifier publishes on --topic '
        '(default: /classification), until Ctrl-C',
    )
    group.add_argument('--count', type=int, help='with --watch: end after so many changes')
    group.add_argument(
        '--wait',
        type=float,
        default=5.0,
        metavar='SECONDS',
        help='longest wait for the first message (default: 5); exit status 3 if none comes',
    )


def check_sources(options: argparse.Namespace) -> None:
    """
    Check that the options name one source: photos, a topic of images, or a classifier.

    :raises ConfigError: if they name none or several, or numbers are out of range.
    """
    check_seconds('--wait', options.wait)
    if options.count is not None and not options.watch:
        raise ConfigError(f'--count: {options.count} is for --watch only; add it')
    if options.count is not None and options.count < 1:
        raise ConfigError(f'--count: {options.count} is not a whole number above 0')
    given = bool(options.images) + bool(options.topic is not None or options.watch)
    if given != 1:
        raise ConfigError('name photos, or --topic, or --watch: exactly one of them')


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
    Classify the photos that the command line names, one after the other, or what a graph has.

    :returns: the exit status: 2 if some of the photos could not be used.
    :raises RpiClassifierError: if the options or the model are wrong, or nothing comes from the
        graph; nothing is printed before.
    """
    options = arguments(words)
    check_sources(options)
    if options.watch:
        print_changes(options.topic or '/classification', options)
        return 0
    config = ClassifierConfig(
        model=options.model,
        engine=options.engine,
        jit=not options.eager,
        cache=options.cache,
        top_k=options.top_k,
        **model_options(options),
    )
    check_model_exists(config)
    errors: list[RpiClassifierError] = []
    images = _images(options, errors)
    classifier = Classifier.load(config)
    if classifier.runtime.info.caution:
        print(f'classify: {classifier.runtime.info.caution}', file=sys.stderr)
    results = _results(classifier, images, config.top_k, errors)
    if options.json:
        print(json.dumps([result_as_json(*result) for result in results], indent=2))
    else:
        for index, result in enumerate(results):
            print('\n' * bool(index) + result_as_text(*result), flush=True)
    for failure in errors:
        print(f'classify: {failure}', file=sys.stderr)
    return 2 if errors else 0


def _results(
    classifier: Classifier, images: _Images, top_k: int, errors: list[RpiClassifierError]
) -> Iterator[tuple[str, Result]]:
    """Yield the result of each image; add what cannot be used to the errors."""
    for name, load in images:
        try:
            yield name, classifier.classify(load(), top_k)
        except ImageError as error:
            errors.append(error)


def _images(options: argparse.Namespace, errors: list[RpiClassifierError]) -> _Images:
    """
    Return the images that the command line names.

    An image of a topic is received at once: a model takes seconds to load.
    """
    if options.topic is None:
        return _photos(options.images, errors)
    image = graph_listener().receive_image(options.topic, options.wait)
    return iter([(options.topic, lambda: image)])


def _photos(words: Sequence[str], errors: list[RpiClassifierError]) -> _Images:
    """Yield the name of each image and what loads it; add what names none to the errors."""
    for word in words:
        if word == '-':
            yield 'standard input', lambda: decode_image(sys.stdin.buffer.read(), 'standard input')
        elif '://' in word and not word.startswith(('file:', 'package:')):
            errors.append(ImageError(f'{word} is a URL; download it, and give the file'))
        else:
            try:
                paths = find_photos([Path(expand_path(word, 'image'))])
            except (ConfigError, ImageError) as error:
                errors.append(error)
                continue
            for path in paths:
                yield printable_path(path), partial(read_image_file, path)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2: bad image or option, 1: bad model, 3: nothing came."""
    return run_command('classify', classify, words)


if __name__ == '__main__':
    sys.exit(main())
