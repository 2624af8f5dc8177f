# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The metadata of a config field (description, range, choices), and the check of its value."""

from __future__ import annotations

import array
from collections.abc import Sequence
from dataclasses import Field, field, fields
from typing import Any

from rpi_classifier.errors import ConfigError
from rpi_classifier.paths import expand_path


def option(
    default: Any,
    description: str,
    *,
    limits: tuple[float, float] | None = None,
    choices: Sequence[str] = (),
    live: bool = False,
    or_list: bool = False,
    or_numbers: bool = False,
    path: bool = False,
) -> Any:
    """
    Describe one parameter of a config dataclass.

    :param default: the value without configuration; its type is the parameter's type.
    :param description: one sentence for people, with the unit.
    :param limits: the smallest and the largest allowed number.
    :param choices: the allowed strings.
    :param live: True if it may change while the node is active.
    :param or_list: True if a string may be replaced by a list of strings, kept as a tuple.
    :param or_numbers: True if a string of numbers may be written as a list of numbers.
    :param path: True if a string may name a file, in which ``~``, ``$NAME`` and URLs are expanded.
    """
    return field(
        default=default,
        metadata={
            'description': description,
            'range': limits,
            'choices': tuple(choices),
            'live': live,
            'or_list': or_list,
            'or_numbers': or_numbers,
            'path': path,
        },
    )


def allowed(parameter: Field[Any]) -> str:
    """Describe what a parameter accepts, for errors and parameter descriptors."""
    if parameter.metadata['choices']:
        return 'one of ' + ', '.join(parameter.metadata['choices'])
    if parameter.metadata['range']:
        low, high = parameter.metadata['range']
        whole = 'whole ' if type(parameter.default) is int else ''
        return f'a {whole}number from {low} to {high}'
    if parameter.metadata['or_list']:
        return 'a string or a list of strings'
    kind = {bool: 'true or false', int: 'an integer', float: 'a number', str: 'a string'}
    return kind[type(parameter.default)]


def check_values(config: Any) -> None:
    """
    Compare all values of a config dataclass with what is allowed.

    :raises ConfigError: naming the first parameter that is wrong, its value and what is allowed.
    """
    for parameter in fields(config):
        value = _as_written(getattr(config, parameter.name), parameter)
        if parameter.metadata['path'] and isinstance(value, str):
            value = expand_path(value, parameter.name)
        kind = type(parameter.default)
        object.__setattr__(config, parameter.name, value)
        if parameter.metadata['or_list'] and isinstance(value, (list, tuple)):
            if not all(isinstance(element, str) for element in value):
                raise ConfigError(f'{parameter.name}: {value!r} is not {allowed(parameter)}')
            object.__setattr__(config, parameter.name, tuple(value))
            continue
        limits, choices = parameter.metadata['range'], parameter.metadata['choices']
        good = type(value) is kind
        good = good and (not limits or limits[0] <= value <= limits[1])
        good = good and (not choices or value in choices)
        if not good:
            raise ConfigError(f'{parameter.name}: {value!r} is not {allowed(parameter)}')


def _as_written(value: Any, parameter: Field[Any]) -> Any:
    """Convert what YAML makes of a value that is written in another way, where that is clear."""
    kind = type(parameter.default)
    if type(value) is int and kind in (float, str):  # `fps: 30`, `device: 0`
        return kind(value)
    if type(value) is float and kind is int and value.is_integer():  # `input_size: 224.0`
        return int(value)
    numbers = parameter.metadata['or_numbers'] and isinstance(value, (list, tuple, array.array))
    if numbers and all(type(number) in (int, float) for number in value):
        return ' '.join(str(number) for number in value)
    return value
