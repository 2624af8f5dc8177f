# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the parameters of kept images must be together."""

from __future__ import annotations

from rpi_classifier.errors import ConfigError


def check_keep(keep: str, folder: str, low: float, high: float) -> None:
    """
    Check parameters that depend on each other.

    :raises ConfigError: if there is no folder for images that are to be kept, or no probability
        lies between the bounds.
    """
    if keep != 'none' and not folder.strip():
        raise ConfigError(
            f'keep: {keep!r} needs a folder; set keep_folder first, or set both at once'
        )
    if low > high:
        raise ConfigError(
            f'keep_low: {low:g} is more than keep_high, {high:g}; set it to that or less'
        )
