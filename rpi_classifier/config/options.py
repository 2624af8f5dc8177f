# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The metadata of a config field (description, range, choices), and the check of its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, field, fields
import reprlib
from typing import Any

from rpi_classifier.config.choices import suggest_choice
from rpi_classifier.config.normalize import normalize
from rpi_classifier.errors import ConfigError
from rpi_classifier.files.paths import expand_path
from rpi_classifier.wording import quote


def option(
    default: Any,
    description: str,
    *,
    limits: tuple[float, float] | None = None,
    choices: Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
    spelling: Callable[[str], str] | None = None,
    live: bool = False,
    or_list: bool = False,
    or_integers: bool = False,
    or_map: bool = False,
    or_numbers: int = 0,
    path: bool = False,
) -> Any:
    """
    Describe one parameter of a config dataclass.

    :param default: the value without configuration; its type is the parameter's type.
    :param description: one sentence for people, with the unit.
    :param limits: the smallest and the largest allowed number.
    :param choices: the allowed strings, as ``find_choice`` finds them.
    :param aliases: other words for choices.
    :param spelling: returns the one spelling of a string that has no choices.
    :param live: True if it may change while the node is active.
    :param or_list: True if a string may be replaced by a list of strings, kept as a tuple.
    :param or_integers: True if such a list may have integers, kept as strings; an empty list is
        an empty string.
    :param or_map: True if a string may be written as a map from names to lists of strings; ROS
        makes parameters NAME.KEY of it.
    :param or_numbers: how many numbers a string has, which may be written as a list of numbers;
        0: it has none.
    :param path: True if a string may name a file, in which ``~``, ``$NAME`` and URLs are expanded.
    """
    return field(
        default=default,
        metadata={
            'description': description,
            'range': limits,
            'choices': tuple(choices),
            'aliases': dict(aliases or {}),
            'spelling': spelling,
            'live': live,
            'or_list': or_list,
            'or_integers': or_integers,
            'or_map': or_map,
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
        integers = ' or integers' if parameter.metadata['or_integers'] else ''
        return f'a string or a list of strings{integers}'
    if parameter.metadata['or_numbers']:
        return _describe_numbers(parameter.metadata['or_numbers'], str(parameter.default))
    kind = {bool: 'true or false', int: 'an integer', float: 'a number', str: 'a string'}
    return kind[type(parameter.default)]


def check_values(config: Any) -> None:
    """
    Write all values of a config dataclass in one way, and compare them with what is allowed.

    :raises ConfigError: naming the first parameter that is wrong, its value and what is allowed.
    """
    for parameter in fields(config):
        given = getattr(config, parameter.name)
        value = normalize(parameter, given)
        if not is_allowed(parameter, value):
            raise ConfigError(
                f'{parameter.name}: {_shown(given)} is not {allowed(parameter)}'
                f'{_hint(parameter, value)}'
            )
        if parameter.metadata['path'] and isinstance(value, str):
            value = expand_path(value, parameter.name)
        object.__setattr__(config, parameter.name, value)


def is_allowed(parameter: Field[Any], value: Any) -> bool:
    """Return whether a value, as ``normalize`` returns it, is in the range or a choice."""
    limits, choices = parameter.metadata['range'], parameter.metadata['choices']
    kind = type(parameter.default)
    if isinstance(value, tuple):
        return all(isinstance(element, str) for element in value)
    if type(value) is not kind:
        return False
    return (not limits or limits[0] <= value <= limits[1]) and (not choices or value in choices)


def _describe_numbers(count: int, default: str) -> str:
    words = {3: 'three', 4: 'four'}
    return f'{words[count]} numbers' + (f', as in {default}' if default else ', or empty')


def _hint(parameter: Field[Any], value: Any) -> str:
    about = parameter.metadata
    if about['choices'] and isinstance(value, str):
        return suggest_choice(value, about['choices'], about['aliases'])
    scalar = not about['or_list'] and not about['or_numbers']
    return '; write one value, not a list' if scalar and isinstance(value, list) else ''


def _shown(value: Any) -> str:
    return quote(value) if isinstance(value, str) else reprlib.repr(value)
