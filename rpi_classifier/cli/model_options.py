# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Options of commands that load models: parameters of the node, word for word."""

from __future__ import annotations

import argparse
from typing import Any

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.classifier import DESCRIPTION

_NAMES = ('model_sha256', *DESCRIPTION)


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
            type=type(field.default),
            default=field.default,
            choices=field.metadata['choices'] or None,
            metavar=None if field.metadata['choices'] else name.rpartition('_')[2].upper(),
            help=field.metadata['description'],
        )


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
