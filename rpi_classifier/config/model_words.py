# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Strings that describe a model: its name or path, its digest, and its normalization."""

from __future__ import annotations

import re

from rpi_classifier.errors import ConfigError
from rpi_classifier.wording import quote
from rpi_classifier.yaml_core import read_numbers


def is_model_path(model: str) -> bool:
    """Return True unless it is a name: names in the zoo have neither slash nor dot."""
    return '/' in model or '.' in model


def spell_model(model: str) -> str:
    """Return a name as the zoo has it, in small letters with underscores; a path as it is."""
    return model if is_model_path(model) else re.sub(r'[\s-]+', '_', model.strip()).lower()


def spell_digest(digest: str) -> str:
    """Return a sha256 as sha256sum prints it."""
    return digest.strip().lower()


def check_digest(name: str, digest: str) -> None:
    """
    Check a sha256; empty is none.

    :raises ConfigError: if it is something else.
    """
    if digest and not re.fullmatch('[0-9a-f]{64}', digest):
        raise ConfigError(
            f'{name}: {quote(digest)} is not 64 hexadecimal digits; write what sha256sum prints '
            'for the file'
        )


def three_numbers(name: str, text: str) -> tuple[float, float, float]:
    """
    Return three numbers that stand in a text, separated by blanks or commas.

    :raises ConfigError: if there are not three, or if one is infinite or none.
    """
    numbers = read_numbers(text)
    if numbers is None or len(numbers) != 3:
        raise ConfigError(f'{name}: {quote(text)} is not three numbers, as in 0.5 0.5 0.5')
    red, green, blue = numbers
    return red, green, blue


def check_normalization(name: str, text: str, *, above_zero: bool = False) -> None:
    """
    Check three numbers for pixels in [0, 1].

    :raises ConfigError: if they are not, or seem to be for pixels from 0 to 255.
    """
    numbers = three_numbers(name, text)
    if min(numbers) < 0 or (above_zero and min(numbers) == 0):
        above = 'above 0' if above_zero else 'from 0 to 1'
        raise ConfigError(f'{name}: {quote(text)} is not three numbers {above}')
    if max(numbers) > 1:
        raise ConfigError(
            f'{name}: {quote(text)} is for pixels from 0 to 255, and [0, 1] is expected; divide '
            'each number by 255'
        )
