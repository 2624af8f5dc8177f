# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The options of classify, and what is wrong with them before any work."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rpi_classifier.cli.command import check_seconds
from rpi_classifier.cli.model_options import (
    add_cache_option,
    add_model_options,
    add_region_option,
    as_parameter,
)
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.wording import quote

# All others say how an image is classified, and --watch does not classify.
_WATCH_OPTIONS = ('images', 'topic', 'watch', 'count', 'wait', 'json')


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
    parser.add_argument(
        '--unknown-below',
        type=as_parameter('unknown_below'),
        default=defaults.unknown_below,
        metavar='PROBABILITY',
        help="put the class 'unknown' first if the best class has a lower probability",
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
    add_region_option(parser)
    parser.add_argument('--eager', action='store_true', help='run without TorchScript')
    add_cache_option(parser)
    add_model_options(parser)
    _add_graph_options(parser)
    options = parser.parse_args(words)
    options.given = [
        name for name, value in vars(options).items() if value != parser.get_default(name)
    ]
    return options


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
    for name in options.given if options.watch else ():
        if name not in _WATCH_OPTIONS:
            value = getattr(options, name)
            told = '' if value is True else f': {quote(str(value))}'
            raise ConfigError(
                f'--{name.replace("_", "-")}{told} is for images, not for --watch; '
                f'a running classifier has the parameter {"jit" if name == "eager" else name}'
            )
    if 'wait' in options.given and options.images:
        raise ConfigError(f'--wait: {options.wait:g} is for --topic and --watch; leave it out')
    given = bool(options.images) + bool(options.topic is not None or options.watch)
    if given != 1:
        raise ConfigError('name photos, or --topic, or --watch: exactly one of them')
