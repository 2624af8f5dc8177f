# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Checks of values that JSON had, of which a schema is made.

A check takes a value and returns it, as the type that is wanted, or raises ``BadValue``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import math
import re
from typing import Any, TypeAlias

from rpi_classifier.wording import quote

Check: TypeAlias = Callable[[Any], Any]


class BadValue(Exception):
    """A value is not what a schema asks for; the message says where it is and why."""

    def __init__(self, reason: str, path: tuple[str, ...] = ()) -> None:
        """
        Say what is wrong.

        :param path: names of the fields that lead to the value, outermost first.
        """
        super().__init__(f'{".".join(path)}: {reason}' if path else reason)
        self.reason = reason
        self.path = path


def object_of(checks: Mapping[str, Check], optional: Mapping[str, Any] | None = None) -> Check:
    """
    Return a check of an object that has these fields and no others.

    :param optional: the values of fields that may be missing.
    """
    defaults = optional or {}

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise BadValue(f'{shown(value)} is not an object')
        for name in sorted(value.keys() ^ checks.keys()):
            if name not in checks:
                raise BadValue(f'there is an unknown field {quote(name)}')
            if name not in defaults:
                raise BadValue(f'there is no field {name}')
        return {
            name: _at(name, one, value[name]) if name in value else defaults[name]
            for name, one in checks.items()
        }

    return check


def integer_between(low: int, high: int) -> Check:
    """Return a check of an integer; true and 1.0 are none."""

    def check(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise BadValue(f'{shown(value)} is not an integer from {low} to {high}')
        return value

    return check


def number_between(low: float, high: float) -> Check:
    """Return a check of a finite number."""

    def check(value: Any) -> float:
        good = type(value) in (int, float) and math.isfinite(value) and low <= value <= high
        if not good:
            raise BadValue(f'{shown(value)} is not a number from {low:g} to {high:g}')
        return float(value)

    return check


def list_of(one: Check, least: int, most: int) -> Check:
    """Return a check of a list; its values become a tuple."""

    def check(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise BadValue(f'{shown(value)} is not a list of {least} to {most} values')
        return tuple(one(element) for element in value)

    return check


def text_like(pattern: str, what: str) -> Check:
    """
    Return a check of a string that matches a pattern as a whole.

    :param what: the pattern in words.
    """

    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise BadValue(f'{shown(value)} is not {what}')
        return value

    return check


def true_or_false(value: Any) -> bool:
    """Check that a value is true or false."""
    if not isinstance(value, bool):
        raise BadValue(f'{shown(value)} is not true or false')
    return value


def shown(value: Any) -> str:
    """Return a value as errors quote it."""
    if isinstance(value, str):
        return quote(value)
    words = repr(value)
    return words if len(words) <= 60 else f'{words[:60]}...'


def _at(name: str, check: Check, value: Any) -> Any:
    try:
        return check(value)
    except BadValue as error:
        raise BadValue(error.reason, (name, *error.path)) from error
