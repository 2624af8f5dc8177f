# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a ROS namespace may be."""

from __future__ import annotations

import re

from rpi_classifier.errors import ConfigError

_NAMESPACE = re.compile(r'/?[A-Za-z_]\w*(/[A-Za-z_]\w*)*/?|/?', re.ASCII)


def check_namespace(namespace: str) -> None:
    """
    Check a namespace, with or without slashes at its ends.

    :raises ConfigError: if ROS would refuse it.
    """
    if not _NAMESPACE.fullmatch(namespace):
        raise ConfigError(
            f'namespace: {namespace!r} is not a name; write names of letters, digits and _ that '
            'do not begin with a digit, with slashes between them, as in robot1 or /fleet/robot1'
        )
