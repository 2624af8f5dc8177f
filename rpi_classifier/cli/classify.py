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

from rpi_classifier.cli.classify_options import arguments, check_sources
from rpi_classifier.cli.command import run_command
from rpi_classifier.cli.graph import graph_listener, print_changes
from rpi_classifier.cli.model_options import model_options
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
        region=options.region,
        unknown_below=options.unknown_below,
        **model_options(options),
    )
    check_model_exists(config)
    errors: list[RpiClassifierError] = []
    images = _images(options, errors)
    classifier = Classifier.load(config)
    if classifier.runtime.info.caution:
        print(f'classify: {classifier.runtime.info.caution}', file=sys.stderr)
    results = _results(classifier, images, config, errors)
    if options.json:
        print(json.dumps([result_as_json(*result) for result in results], indent=2))
    else:
        for index, result in enumerate(results):
            print('\n' * bool(index) + result_as_text(*result), flush=True)
    for failure in errors:
        print(f'classify: {failure}', file=sys.stderr)
    return 2 if errors else 0


def _results(
    classifier: Classifier,
    images: _Images,
    config: ClassifierConfig,
    errors: list[RpiClassifierError],
) -> Iterator[tuple[str, Result]]:
    """Yield the result of each image; add what cannot be used to the errors."""
    for name, load in images:
        try:
            image = _cut(classifier, load(), config.region, name)
            yield name, classifier.classify(image, config.top_k)
        except ImageError as error:
            errors.append(error)


def _cut(classifier: Classifier, image: Image, region: str, name: str) -> Image:
    try:
        box = classifier.box_of(image, region)
    except ImageError as error:
        raise ImageError(f'{name}: {error}', error.reason) from error
    return box.cut(image) if box else image


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
