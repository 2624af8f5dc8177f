# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Changes values in the text of a parameter file; every other byte stays.

A library that writes YAML again would change quotes, blanks and the width of lines. So only the
places of values are taken from the parser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from rpi_classifier.config.parameter_sections import Section
from rpi_classifier.deploy.entries import (
    Entry,
    find_blocks,
    ParameterBlock,
    read_entries,
    values_for,
)
from rpi_classifier.errors import DeployError
from rpi_classifier.yaml_core import spell_scalar

_BLOCK_SCALARS = ('|', '>')


def set_values(text: str, node: str, wanted: Mapping[str, Any]) -> str:
    """
    Return the text with other values for a node.

    :param wanted: values by name; a name that is not there yet is put below the one before.
    :raises DeployError: if the text is not understood, or cannot be changed by replacing values.
    """
    before, changed, above = read_entries(text), text, ''
    for name, value in wanted.items():
        changed = _set_value(changed, node, name, value, above)
        above = name
        if not _is_understood(changed):
            raise _not_changed(node, wanted)
    _check_result(before, changed, node, wanted)
    return changed


def _is_understood(text: str) -> bool:
    try:
        read_entries(text)
    except DeployError:
        return False
    return True


def _set_value(text: str, node: str, name: str, value: Any, above: str) -> str:
    found = values_for(read_entries(text), node)
    if name in found and _is_same(found[name].value, value):
        return text
    if name in found:
        return _replace(text, found[name], spell_scalar(value))
    line = f'{name}: {spell_scalar(value)}'
    if above in found:
        return _insert_below(text, found[above], line)
    blocks = [block for block in find_blocks(text) if Section(block.pattern, ()).matches(node)]
    own = [block for block in blocks if not block.pattern.endswith('*')] or blocks
    return _insert_first(text, own[-1], line) if own else _append_section(text, node, line)


def _replace(text: str, entry: Entry, scalar: str) -> str:
    key, node = entry.key_node, entry.value_node
    start, end = node.start_mark.index, _end_of(node, text)
    if start < key.end_mark.index:
        raise DeployError(
            f'line {key.start_mark.line + 1} has an alias (*) in place of the value of '
            f'{entry.name}; write the value itself'
        )
    colon = text.index(':', key.end_mark.index) + 1
    if start == end:  # no value
        return f'{text[:colon]} {scalar}{text[colon:]}'
    if node.start_mark.line > key.end_mark.line:  # a list below its name
        rest = text[colon : _end_of_line(text, colon)]
        return f'{text[:colon]} {scalar}{rest}{text[end:]}'
    return f'{text[:start]}{scalar}{text[end:]}'


def _insert_below(text: str, entry: Entry, line: str) -> str:
    end = _end_of(entry.value_node, text)
    if _is_in_flow(text, entry):
        return f'{text[:end]}, {line}{text[end:]}'
    place = _end_of_line(text, max(end, entry.key_node.end_mark.index))
    indent = ' ' * entry.key_node.start_mark.column
    return f'{text[:place]}{_newline(text)}{indent}{line}{text[place:]}'


def _insert_first(text: str, block: ParameterBlock, line: str) -> str:
    """Put a line at the beginning of a section, which may be empty."""
    node = block.node
    if isinstance(node, yaml.MappingNode) and node.value:
        first = node.value[0][0].start_mark
        between = ', ' if node.flow_style else f'{_newline(text)}{" " * first.column}'
        return f'{text[: first.index]}{line}{between}{text[first.index :]}'
    if isinstance(node, yaml.MappingNode):  # {}
        return f'{text[: node.start_mark.index]}{{{line}}}{text[node.end_mark.index :]}'
    place = _end_of_line(text, block.key_node.end_mark.index)
    indent = ' ' * (block.key_node.start_mark.column + 2)
    return f'{text[:place]}{_newline(text)}{indent}{line}{text[place:]}'


def _append_section(text: str, node: str, line: str) -> str:
    newline = _newline(text)
    begin = text if not text or text.endswith('\n') else text + newline
    blank = newline if begin.strip() else ''
    return f'{begin}{blank}{node}:{newline}  ros__parameters:{newline}    {line}{newline}'


def _check_result(before: list[Entry], changed: str, node: str, wanted: Mapping[str, Any]) -> None:
    """
    Compare what two texts say.

    :raises DeployError: if more or less than the wanted values differ.
    """
    after = read_entries(changed)
    found = values_for(after, node)
    done = all(name in found and _is_same(found[name].value, wanted[name]) for name in wanted)
    if not done or _others(before, node, wanted) != _others(after, node, wanted):
        raise _not_changed(node, wanted)


def _not_changed(node: str, wanted: Mapping[str, Any]) -> DeployError:
    return DeployError(
        f'it cannot be changed safely; write these lines for {node} yourself: '
        + ', '.join(f'{name}: {spell_scalar(value)}' for name, value in wanted.items())
    )


def _others(entries: list[Entry], node: str, names: Mapping[str, Any]) -> list[str]:
    return [
        f'{entry.pattern} {entry.name} {entry.value!r}'
        for entry in entries
        if entry.name not in names or not entry.is_for(node)
    ]


def _end_of(node: yaml.Node, text: str) -> int:
    """Return where the text of a node ends; the parser looks beyond comments that follow."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _end_of(last[1] if isinstance(last, tuple) else last, text)
    end: int = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in _BLOCK_SCALARS:
        return len(text[:end].rstrip())
    return end


def _is_in_flow(text: str, entry: Entry) -> bool:
    """Return True if an entry stands in braces, not on lines of its own."""
    begin = entry.key_node.start_mark.index
    line = text[text.rfind('\n', 0, begin) + 1 : begin]
    return bool(line.strip()) or text[_end_of(entry.value_node, text) :].lstrip()[:1] in ('}', ',')


def _end_of_line(text: str, place: int) -> int:
    end = text.find('\n', place)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == '\r' else end


def _newline(text: str) -> str:
    return '\r\n' if '\r\n' in text else '\n'


def _is_same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and bool(value == other)
