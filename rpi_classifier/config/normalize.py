# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
From a value, however YAML, a command line or a launch file has it, to the one way to write it.

YAML makes an integer of `fps: 30` and of `device: 0`; `ros2 param set` makes a string of 1e-05.
"""

from __future__ import annotations

import array
from collections.abc import Mapping
from dataclasses import Field
from typing import Any

from rpi_classifier.config.choices import find_choice
from rpi_classifier.config.class_words import join_aliases
from rpi_classifier.yaml_core import read_number

_SWITCHES = {'true': True, 'false': False}
_WORDS = {True: 'on', False: 'off'}  # YAML makes booleans of `keep: off` and `keep: no`


def normalize(parameter: Field[Any], value: Any) -> Any:
    """
    Return a value as the config has it.

    :param parameter: the field, made by ``option``.
    :returns: the value itself if it cannot be one of the field, which the config refuses then.
    """
    if isinstance(value, (list, tuple, array.array)):
        return _normalize_list(parameter, list(value))
    if parameter.metadata['or_map'] and isinstance(value, Mapping):
        value = join_aliases(value)
    kind = type(parameter.default)
    if kind is str:
        return _normalize_text(parameter, str(value) if type(value) is int else value)
    return as_kind(kind, value)


def as_kind(kind: type, value: Any) -> Any:
    """
    Return a value as a boolean, an integer or a float, where it is written as another kind.

    :returns: the value itself if it cannot be one of that kind.
    """
    if isinstance(value, str):
        word = value.strip().lower()
        number = read_number(word)
        value = _SWITCHES.get(word, value) if number is None else number
    if kind is float and type(value) is int:
        return float(value)
    if kind is int and type(value) is float and value.is_integer():
        return int(value)
    return value


def _normalize_list(parameter: Field[Any], values: list[Any]) -> Any:
    if parameter.metadata['or_numbers'] and all(
        type(value) in (int, float, str) for value in values
    ):
        return ' '.join(map(str, values))
    if parameter.metadata['or_integers']:
        values = [str(value) if type(value) is int else value for value in values]
        return tuple(values) or ''
    return tuple(values) if parameter.metadata['or_list'] else values


def _normalize_text(parameter: Field[Any], value: Any) -> Any:
    about = parameter.metadata
    if about['choices'] and isinstance(value, (bool, str)):
        word = _WORDS[value] if isinstance(value, bool) else value
        found = find_choice(word, about['choices'], about['aliases'])
        return value if found is None else found
    if not isinstance(value, str):
        return value
    return about['spelling'](value) if about['spelling'] else value
