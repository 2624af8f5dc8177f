# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""JSON that others wrote: finite numbers of sane length, and no depth that exhausts the stack."""

from __future__ import annotations

from collections.abc import Callable
import json
from typing import Any

_DIGITS = 20


def parse_bounded_json(
    text: str, pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None
) -> Any:
    """
    Parse JSON.

    :param pairs_hook: makes something else than a dict of an object's pairs.
    :raises ValueError: naming what is wrong, with line and column where there is one.
    """
    try:
        return json.loads(
            text, object_pairs_hook=pairs_hook, parse_int=_integer, parse_constant=_refuse
        )
    except json.JSONDecodeError as error:
        raise ValueError(f'{error.msg} in line {error.lineno}, column {error.colno}') from error
    except RecursionError as error:
        raise ValueError('it is nested too deeply') from error


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError(f'a number has {len(digits)} digits')
    return int(digits)


def _refuse(name: str) -> Any:
    raise ValueError(f'{name} is not a number of JSON')
