# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Scalars as the core schema of YAML 1.2 has them, which is what people and C++ readers mean.

PyYAML reads YAML 1.1, where 1e-05 and 1.5e3 are strings, 1:30 is 90, 010 is 8 and `no` is false.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

_INTEGER = r'[-+]?[0-9]{1,300}'
_OTHER_BASE = r'0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16}'
_PLAIN = re.compile(r'/[A-Za-z0-9_./-]+|(?!true|false|null|yes|no|on|off)[a-z_]+')
_FLOAT = r'[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?'


def read_number(text: str) -> int | float | None:
    """
    Return the number that a text is, such as 30, -.5 or 1e-05; None if it is none.

    .inf and .nan are none, but 1e999 is infinite.
    """
    word = text.strip()
    if re.fullmatch(_INTEGER, word):
        return int(word)
    if re.fullmatch(_OTHER_BASE, word):
        return int(word, base=0)
    return float(word) if re.fullmatch(_FLOAT, word) else None


def split_words(text: str) -> list[str]:
    """Return the words of a text such as ``0.5, 1`` or ``[0.5 1]``, without what divides them."""
    return re.sub(r'[\[\](),;]', ' ', text).split()


def read_numbers(text: str) -> list[float] | None:
    """Return the numbers of a text, as ``split_words`` finds them; None if a word is none."""
    numbers = [read_number(word) for word in split_words(text)]
    return None if None in numbers else [float(number) for number in numbers if number is not None]


def spell_scalar(value: bool | int | float | str) -> str:
    """Return a value as YAML; a string so that no reader takes it for something else."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return repr(value)
    if _PLAIN.fullmatch(value):
        return value
    if not value.isprintable():
        return json.dumps(value)  # JSON is YAML
    return "'" + value.replace("'", "''") + "'"


class CoreLoader(yaml.SafeLoader):  # type: ignore[misc]
    """A loader of PyYAML with the scalars of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, Any] = {}


def _add_scalar(kind: str, pattern: str, first: str) -> None:
    CoreLoader.add_implicit_resolver(
        f'tag:yaml.org,2002:{kind}', re.compile(rf'(?:{pattern})\Z'), list(first) or ['']
    )


def _construct_number(loader: Any, node: Any) -> int | float | None:
    return read_number(loader.construct_scalar(node))


_add_scalar('null', '', '')
_add_scalar('null', '~|null|Null|NULL', '~nN')
_add_scalar('bool', 'true|True|TRUE|false|False|FALSE', 'tTfF')
_add_scalar('float', '|'.join((_INTEGER, _OTHER_BASE, _FLOAT)), '-+.0123456789')
CoreLoader.add_constructor('tag:yaml.org,2002:float', _construct_number)
