# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Class names with their places: put in the order of the network's outputs, and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import unicodedata

from rpi_classifier.errors import ModelError
from rpi_classifier.models.json_checks import shown

_LONGEST = 500
# Unicode categories of control characters, surrogates and line separators.
_FORBIDDEN = ('Cc', 'Cs', 'Zl', 'Zp')


@dataclass(frozen=True)
class LabelEntry:
    """
    One class name of a file.

    ``index`` is None if the position tells it, ``line`` is 0 where lines mean nothing.
    """

    name: str
    index: int | None = None
    line: int = 0

    @property
    def place(self) -> str:
        """Return where the entry is, for errors."""
        return f'line {self.line}' if self.line else f'class {shown(self.name)}'


def order_entries(entries: Sequence[LabelEntry]) -> tuple[str, ...]:
    """
    Return the names in the order of the network's outputs.

    :param entries: all with an index, or all without.
    :raises ModelError: if a name cannot be used, or the indices are not 0, 1, 2, ...
    """
    for position, entry in enumerate(entries):
        fault = explain_bad_name(entry.name)
        if fault:
            place = entry.place if entry.line else f'class {_first(entry.index, position)}'
            raise ModelError(f'{place}: {fault}')
    if not entries or entries[0].index is None:
        return tuple(entry.name for entry in entries)
    fault = explain_bad_indices(entries)
    if fault:
        raise ModelError(fault)
    return tuple(entry.name for entry in sorted(entries, key=lambda entry: entry.index or 0))


def _first(index: int | None, position: int) -> int:
    return position if index is None else index


def explain_bad_indices(entries: Sequence[LabelEntry]) -> str:
    """Say why indices are not 0, 1, 2, ... in any order; empty if they are."""
    seen: dict[int | None, LabelEntry] = {}
    for entry in entries:
        if entry.index in seen:
            return (
                f'{entry.place}: index {entry.index} is given twice, the first time for '
                f'{shown(seen[entry.index].name)}; give each class an index of its own'
            )
        seen[entry.index] = entry
    for entry in entries:
        if entry.index is None or entry.index >= len(entries):
            missing = next(index for index in range(len(entries)) if index not in seen)
            return (
                f'{entry.place}: index {entry.index} is not below the number of names, '
                f'{len(entries)}, and index {missing} is missing; write "INDEX: NAME", with '
                'indices from 0 without gaps'
            )
    return ''


def explain_bad_name(name: object) -> str:
    """Say why something cannot be the name of a class; empty if it can."""
    if not isinstance(name, str):
        return f'{shown(name)} is not a string; put quotes around it'
    if not name.strip():
        return 'the name is empty; give every class a name'
    if len(name) > _LONGEST:
        return f'a name of {len(name)} characters is too long; at most {_LONGEST} are allowed'
    for character in name:
        if unicodedata.category(character) in _FORBIDDEN or character == '\ufeff':
            return (
                f'{shown(name)} contains the character U+{ord(character):04X}; names are plain '
                'text without control characters'
            )
    return ''
