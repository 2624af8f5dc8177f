# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Scalars as the core schema of YAML 1.2 has them, which is what people and C++ readers mean.

PyYAML reads YAML 1.1, where 1e-05 and 1.5e3 are strings, 1:30 is 90, 010 is 8 and `no` is false.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

_INTEGER = r'[-+]?[0-9]{1,300}'
_OTHER_BASE = r'0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16}'
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
