# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Options of commands that load models: parameters of the node, word for word."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.model import DESCRIPTION
from rpi_classifier.config.normalize import normalize
from rpi_classifier.errors import ConfigError
from rpi_classifier.models.file_format import FileFormat
from rpi_classifier.region import EXAMPLE

_NAMES = ('model_sha256', *DESCRIPTION)
_ALIASES = {'input_mean': ['--mean'], 'input_std': ['--std']}


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to a command, with the meanings, choices and defaults of the parameters."""
    group = parser.add_argument_group(
        'options for a model file that others made',
        'Files of export_model bring all of it with them; see the parameters of the node.',
    )
    for name in _NAMES:
        field = ClassifierConfig.__dataclass_fields__[name]
        group.add_argument(
            f'--{name.replace("_", "-")}',
            *_ALIASES.get(name, ()),
            type=as_parameter(name),
            default=field.default,
            metavar='|'.join(field.metadata['choices']) or name.rpartition('_')[2].upper(),
            help=field.metadata['description'],
        )


def add_region_option(
    parser: argparse.ArgumentParser | argparse._ArgumentGroup,
    default: str = 'that of the model, as a rule the whole image',
) -> None:
    """Add the option ``--region`` to a command that reads photos."""
    parser.add_argument(
        '--region',
        type=as_parameter('region'),
        default=ClassifierConfig.region,
        metavar='X,Y,WIDTH,HEIGHT',
        help='part of each image that the model sees, in pixels or in parts of 1, as in '
        f'{EXAMPLE.replace(" ", ",")}; default: {default}',
    )


def as_parameter(name: str) -> Callable[[str], Any]:
    """
    Return what makes a parameter's value of a word, as the node does; for argparse.

    What cannot be one stays a word, which the config refuses with a sentence.
    """
    return partial(normalize, ClassifierConfig.__dataclass_fields__[name])


def model_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return the options as parameters of the node."""
    return {name: getattr(options, name) for name in _NAMES}


def add_cache_option(parser: argparse.ArgumentParser) -> None:
    """Add --no-cache, the parameter ``cache``."""
    parser.add_argument(
        '--no-cache',
        dest='cache',
        action='store_false',
        help='compile a model of the zoo again, in place of loading it from the cache',
    )


def check_engine_option(engine: str, file_format: FileFormat) -> None:
    """
    Check the engine of torch that a file is to be packed for.

    :raises ConfigError: if there is no such engine, or the format is packed for none.
    """
    ClassifierConfig(engine=engine)
    if engine != 'auto' and 'engine' not in file_format.export_takes:
        raise ConfigError(
            f'engine: {engine!r} is not for FILE{file_format.suffix}, which no engine of torch '
            'runs; leave it out'
        )
