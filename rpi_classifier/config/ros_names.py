# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a ROS namespace, and a node's name with it, may be."""

from __future__ import annotations

import re

from rpi_classifier.errors import ConfigError

_NAMES = re.compile(r'/?[A-Za-z_]\w*(/[A-Za-z_]\w*)*', re.ASCII)
_ROOTS = ('', '/')


def check_namespace(namespace: str) -> None:
    """
    Check a namespace, with or without slashes at its ends.

    :raises ConfigError: if ROS would refuse it.
    """
    if namespace not in _ROOTS:
        _check_names('namespace', namespace, 'robot1 or /fleet/robot1', end='/')


def check_full_name(option: str, name: str) -> None:
    """
    Check the name of a node with its namespace, with or without a slash before it.

    :raises ConfigError: if no node can have it.
    """
    _check_names(option, name, 'classifier or /robot1/classifier')


def _check_names(option: str, names: str, example: str, end: str = '') -> None:
    if not _NAMES.fullmatch(names.removesuffix(end)):
        raise ConfigError(
            f'{option}: {names!r} is not a name; write names of letters, digits and _ that do not '
            f'begin with a digit, with slashes between them, as in {example}'
        )
