# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Class names as lines of text.

Read are: a name per line; an index and a name (``0 ant``, ``0: ant``, ``0,ant``), in any order
of lines; a name and an index (``ant,0``, ``ant: 0``); ImageNet's synsets (``n01440764 tench``).
Blank lines and lines that begin with # do not count. Where two readings differ, none is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
import re

from rpi_classifier.errors import ModelError
from rpi_classifier.models.label_entries import explain_bad_indices, LabelEntry
from rpi_classifier.wording import quote

_INDEX_FIRST = re.compile(
    r'["\'(\[]?(?P<index>\d{1,9})["\')\]]?(?:\s*(?:[-=]>|[:=;,|\t])\s*|\s+)(?P<name>\S.*)'
    r'|(?P<index2>0|[1-9]\d{0,8})[.)]\s*(?P<name2>[^\s\d].*)'
)
_INDEX_LAST = re.compile(r'[:=;,|\t]\s*(["\']?)(?P<index>\d{1,9})\1$')
_INDEX_AFTER_SPACE = re.compile(r'(?<=\S) +(?P<index>\d{1,9})$')
_SYNSET = re.compile(r'n\d{8}[\s,:;]+(?P<name>\S.*)')
_QUOTED = re.compile(r'([\'"])(?P<name>(?:(?!\1).|\1\1)*)\1,?')
_COLUMN_OF_TABLE = re.compile(r'["\']?\d+["\']?\s*,')
_HEADINGS = {
    '', 'class', 'class_id', 'class_index', 'class_name', 'display_name', 'id', 'idx', 'index',
    'label', 'label_id', 'label_name', 'name', 'number',
}  # fmt: skip


def parse_label_lines(text: str) -> list[LabelEntry]:
    """
    Read lines.

    :param text: with any kind of line ends.
    :raises ModelError: without the file's name, if two readings differ or lines do not fit.
    """
    plain = _without_bullets(_plain_lines(text))
    entries = _numbered(plain)
    if entries is None:
        _refuse_names_before_numbers(plain)
        entries = plain
    return _without_synsets(_without_quotes(entries))


def _plain_lines(text: str) -> list[LabelEntry]:
    lines = text.replace('\r\n', '\n').replace('\r', '\n').split('\n')
    return [
        LabelEntry(line.strip(' \t'), line=number)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.lstrip().startswith('#')
    ]


def _without_bullets(entries: list[LabelEntry]) -> list[LabelEntry]:
    for bullet in ('- ', '* '):
        if all(entry.name.startswith(bullet) for entry in entries):
            return [replace(entry, name=entry.name[2:].strip()) for entry in entries]
    return entries


def _numbered(plain: Sequence[LabelEntry]) -> list[LabelEntry] | None:
    """Return the entries with their indices; None if the lines are not numbered."""
    rows = plain[1:] if _is_heading(plain) else plain
    found = [_index_first(rows), _index_last(rows)]
    readings = [reading for reading in found if len(reading) == len(rows) > 0]
    if not readings:
        _refuse_half_numbered(rows, max(found, key=len))
        return None
    sound = [reading for reading in readings if not explain_bad_indices(reading)]
    if len(sound) == 2 and _in_order(sound[0]) != _in_order(sound[1]):
        raise ModelError(
            f'{rows[0].place}: {quote(rows[0].name)} has a number on either side, and both '
            'could be the index; write "INDEX: NAME"'
        )
    chosen = (sound or readings)[0]
    return [_without_columns(entry, row) for entry, row in zip(chosen, rows)]


def _is_heading(plain: Sequence[LabelEntry]) -> bool:
    """Return True if the first line names the columns of a table, as in ``index,name``."""
    if len(plain) < 2:
        return False
    words = re.split(r'[,;\t|]', plain[0].name.lower().replace('"', ''))
    return len(words) > 1 and all(word.strip().replace(' ', '_') in _HEADINGS for word in words)


def _index_first(rows: Sequence[LabelEntry]) -> list[LabelEntry]:
    found = [(_INDEX_FIRST.fullmatch(row.name), row.line) for row in rows]
    return [
        LabelEntry(match['name'] or match['name2'], int(match['index'] or match['index2']), line)
        for match, line in found
        if match
    ]


def _index_last(
    rows: Sequence[LabelEntry], pattern: re.Pattern[str] = _INDEX_LAST
) -> list[LabelEntry]:
    found = [(pattern.search(row.name), row) for row in rows]
    return [
        LabelEntry(row.name[: match.start()].strip(), int(match['index']), row.line)
        for match, row in found
        if match and match.start()
    ]


def _without_columns(entry: LabelEntry, row: LabelEntry) -> LabelEntry:
    """Take the quotes off a name of a table, and refuse a third column."""
    if not _COLUMN_OF_TABLE.match(row.name) or _QUOTED.fullmatch(entry.name):
        return replace(entry, name=_unquoted(entry.name))
    if re.search(r',\S', entry.name):  # a comma of a name has a space behind it
        raise ModelError(
            f'{row.place}: {quote(row.name)} has more than two columns; keep index and name'
        )
    return entry


def _refuse_half_numbered(rows: Sequence[LabelEntry], numbered: Sequence[LabelEntry]) -> None:
    """
    Refuse lines of which some lack the index that others have.

    A name may begin with a number: "7 up" among colas does, "1 bee" in the second line does not.
    """
    positions = {row.line: position for position, row in enumerate(rows)}
    counting = [entry for entry in numbered if positions[entry.line] == entry.index]
    if counting or len(numbered) * 2 > len(rows):
        lines = {entry.line for entry in numbered}
        row = next(row for row in rows if row.line not in lines)
        raise ModelError(
            f'{row.place}: {quote(row.name)} lacks an index or a name, but others have both, as '
            f'line {(counting or numbered)[0].line}; number all classes from 0, or none'
        )


def _refuse_names_before_numbers(plain: Sequence[LabelEntry]) -> None:
    """Refuse ``ant 0``: the number may be an index, or a part of the name."""
    entries = _index_last(plain, _INDEX_AFTER_SPACE)
    names = {entry.name for entry in entries}
    if len(names) == len(plain) > 0 and not explain_bad_indices(entries):
        name, index = entries[0].name, entries[0].index
        raise ModelError(
            f'{entries[0].place}: "{name} {index}" may be class {name!r} with index {index}, or a '
            f'name that ends in a number; write "{index}: {name}" or "{index}: {name} {index}"'
        )


def _without_quotes(entries: list[LabelEntry]) -> list[LabelEntry]:
    if not all(_QUOTED.fullmatch(entry.name) for entry in entries):
        return entries
    return [replace(entry, name=_unquoted(entry.name)) for entry in entries]


def _unquoted(name: str) -> str:
    found = _QUOTED.fullmatch(name)
    return found['name'].replace(found[1] * 2, found[1]) if found else name


def _without_synsets(entries: list[LabelEntry]) -> list[LabelEntry]:
    """Take WordNet's numbers off, if all names begin with one."""
    found = [_SYNSET.fullmatch(entry.name) for entry in entries]
    if not entries or not all(found):
        return entries
    names = [replace(entry, name=match['name']) for entry, match in zip(entries, found) if match]
    if all(entry.name.isdigit() for entry in names):
        raise ModelError(
            f'{names[0].place}: {quote(entries[0].name)} has no name; write "INDEX: NAME"'
        )
    return (entries[0].index is None and _numbered(names)) or names


def _in_order(entries: Sequence[LabelEntry]) -> list[str]:
    return [entry.name for entry in sorted(entries, key=lambda entry: entry.index or 0)]
