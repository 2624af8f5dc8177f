# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Class names in JSON, YAML, or a dict or list of Python.

Read are: a list of names; {index: name}; {name: index}; Keras' class_index.json, {index: [synset,
name]}; and each of them under a key such as ``names`` (ultralytics' data.yaml) or ``id2label``
(Hugging Face's config.json). Where two readings differ, none is taken.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
import io
import re
import tokenize
from typing import Any

import yaml

from rpi_classifier.errors import ModelError
from rpi_classifier.models.bounded_json import parse_bounded_json
from rpi_classifier.models.json_checks import shown
from rpi_classifier.models.label_entries import (
    explain_bad_indices,
    LabelEntry,
    order_entries,
)

_KEYS = (
    'names', 'id2label', 'label2id', 'labels', 'classes', 'class_names', 'class_to_idx',
    'idx_to_class',
)  # fmt: skip
_COUNT = 'nc'
_YAML = re.compile(rf'^["\']?(?:{"|".join(_KEYS)})["\']?\s*:', re.MULTILINE)
_SYNSET = re.compile(r'n\d+')
_INDEX = re.compile(r'\d{1,9}')


@dataclass(frozen=True)
class LabelMap:
    """A map as a file has it, with duplicates: (key, value, line or 0)."""

    pairs: tuple[tuple[Any, Any, int], ...]

    def get(self, key: str) -> Any:
        """Return the value of a key; None without one."""
        values = [value for own, value, _ in self.pairs if own == key]
        if len(values) > 1:
            raise ModelError(f'{key} is given twice; keep one of them')
        return values[0] if values else None


def parse_label_map(text: str) -> list[LabelEntry] | None:
    """
    Read a text that is JSON, YAML or Python; None if it does not look like one.

    :raises ModelError: without the file's name, if it is damaged, or two readings differ.
    """
    if text.lstrip()[:1] in ('{', '['):
        return _entries(_parse(_json_or_python, text))
    if _YAML.search(text):
        return _entries(_parse(_yaml, text))
    return None


def _parse(parser: Callable[[str], Any], text: str) -> Any:
    try:
        return parser(text)
    except (RecursionError, MemoryError) as error:
        raise ModelError('it is nested too deeply; give a list of names') from error
    except ValueError as error:
        raise ModelError(f'{error}; give a list of names, or a name per line') from error


def _json_or_python(text: str) -> Any:
    try:
        return parse_bounded_json(text, lambda pairs: LabelMap(tuple((*p, 0) for p in pairs)))
    except ValueError as error:
        try:
            tree = ast.parse(text.strip(), mode='eval')
        except SyntaxError:
            raise ValueError(f'it begins as JSON, but is not: {error}') from error
        _refuse_joined_names(text.strip())
        return _of_python(tree.body)


def _refuse_joined_names(text: str) -> None:
    """Python joins two strings without a comma between them: two classes would become one."""
    before = None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == before == tokenize.STRING:
            raise ValueError(f'line {token.start[0]} lacks a comma before {token.string[:40]}')
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type


def _of_python(node: ast.expr) -> Any:
    if isinstance(node, ast.Dict):
        return LabelMap(
            tuple(
                (_of_python(key), _of_python(value), key.lineno)
                for key, value in zip(node.keys, node.values)
                if key
            )
        )
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_of_python(element) for element in node.elts]
    if isinstance(node, ast.Constant):
        return node.value
    raise ValueError(f'line {node.lineno} has an expression of Python that is not a name')


def _yaml(text: str) -> Any:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f'line {line} is not YAML ({error.problem})') from error
    except yaml.YAMLError as error:
        raise ValueError(f'it is not YAML ({str(error).splitlines()[0]})') from error
    return _of_yaml(root, set())


def _of_yaml(node: yaml.Node, seen: set[int]) -> Any:
    """
    Return scalars as they are written: ``no`` and ``1`` may be names.

    A node met twice is an alias; a few lines of them can stand for billions of names.
    """
    if id(node) in seen:
        raise ValueError(f'line {node.start_mark.line + 1} is used again by an alias')
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        return LabelMap(
            tuple(
                (_of_yaml(key, seen), _of_yaml(value, seen), key.start_mark.line + 1)
                for key, value in node.value
            )
        )
    if isinstance(node, yaml.SequenceNode):
        return [_of_yaml(element, seen) for element in node.value]
    return node.value


def _entries(value: Any) -> list[LabelEntry]:
    if isinstance(value, list):
        return [LabelEntry(_name(element)) for element in value]
    if not isinstance(value, LabelMap):
        raise ModelError(f'{shown(value)} is not a list of names')
    inner = [(key, value.get(key)) for key in _KEYS]
    inner = [(key, found) for key, found in inner if isinstance(found, (list, LabelMap))]
    if not inner:
        return _of_pairs(value)
    readings = {order_entries(entries): entries for entries in (_entries(own) for _, own in inner)}
    if len(readings) > 1:
        keys = ' and '.join(key for key, _ in inner)
        raise ModelError(f'{keys} name different classes; keep one of them')
    names, entries = readings.popitem()
    _check_count(value.get(_COUNT), len(names))
    return entries


def _check_count(count: Any, names: int) -> None:
    if count is not None and str(count) != str(names):
        raise ModelError(f'{_COUNT} is {shown(count)}, but there are {names} names; mend one')


def _of_pairs(found: LabelMap) -> list[LabelEntry]:
    both = (_index_to_name(found), _name_to_index(found))
    readings = [reading for reading in both if reading is not None]
    if not readings:
        raise ModelError(
            'it maps neither indices to names nor names to indices; give a list of names'
        )
    sound = [reading for reading in readings if not explain_bad_indices(reading)]
    if len(sound) == 2 and order_entries(sound[0]) != order_entries(sound[1]):
        raise ModelError(
            'keys and values are numbers, and both could be the indices; give a list of names'
        )
    return (sound or readings)[0]


def _index_to_name(found: LabelMap) -> list[LabelEntry] | None:
    rows = [(_index(key), value, line) for key, value, line in found.pairs]
    if any(index is None or isinstance(value, (int, float)) for index, value, _ in rows):
        return None
    return [LabelEntry(_name(value), index, line) for index, value, line in rows]


def _name_to_index(found: LabelMap) -> list[LabelEntry] | None:
    rows = [(key, _index(value), line) for key, value, line in found.pairs]
    if any(index is None or not isinstance(key, str) for key, index, _ in rows):
        return None
    return [LabelEntry(key, index, line) for key, index, line in rows]


def _index(value: Any) -> int | None:
    if type(value) is int and value >= 0:
        return value
    return int(value) if isinstance(value, str) and _INDEX.fullmatch(value.strip()) else None


def _name(value: Any) -> Any:
    """Return a name, out of ``[synset, name]``, too; ``order_entries`` checks it."""
    if isinstance(value, LabelMap):
        raise ModelError('a map within a map or a list is not a name; give a list of names')
    if isinstance(value, list):
        if len(value) == 2 and isinstance(value[0], str) and _SYNSET.fullmatch(value[0]):
            return value[1]
        raise ModelError(f'{shown(value)} is not a name, and not a pair of synset and name')
    return value.strip() if isinstance(value, str) else value
