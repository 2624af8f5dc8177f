# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The names of classes: out of a file, a parameter or a record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rpi_classifier.errors import ModelError
from rpi_classifier.files.regular_file import read_regular_file
from rpi_classifier.models.file_kind import identify
from rpi_classifier.models.file_kinds import KINDS
from rpi_classifier.models.label_entries import LabelEntry, order_entries
from rpi_classifier.models.label_lines import parse_label_lines
from rpi_classifier.models.label_maps import parse_label_map

_MOST_BYTES = 4 << 20
_UTF_16 = (b'\xff\xfe', b'\xfe\xff')
_WRONG_TEXT = tuple(KINDS[name] for name in ('git-lfs', 'html', 'xml', 'openvino'))
_SAVE = 'save it as UTF-8 text'


def read_labels(path: Path) -> tuple[str, ...]:
    """
    Read class names, in the order of the model's outputs.

    ``label_lines`` and ``label_maps`` say which kinds of files are understood.

    :raises ModelError: if the file cannot be read, can be read in two ways, or names no class.
    """
    try:
        data = read_regular_file(path, _MOST_BYTES, ModelError)
    except ModelError as error:
        raise ModelError(f'labels {error}') from error
    try:
        names = parse_labels(_decode(data))
    except ModelError as error:
        raise ModelError(f'labels {path}: {error}') from error
    if not names:
        raise ModelError(f'labels {path} is empty; expected one class name per line')
    return names


def given_labels(labels: str | Sequence[str]) -> tuple[str, ...]:
    """
    Return the class names that the parameter ``labels`` lists, or names a file of.

    :raises ModelError: if they cannot be used.
    """
    if isinstance(labels, str):
        return read_labels(Path(labels))
    try:
        return check_label_list(labels)
    except ModelError as error:
        raise ModelError(f'labels: {error}') from error


def parse_labels(text: str) -> tuple[str, ...]:
    """
    Read class names from the content of a file.

    :raises ModelError: without saying whose they are, if they can be read in two ways.
    """
    entries = parse_label_map(text)
    return order_entries(parse_label_lines(text) if entries is None else entries)


def check_label_list(names: Sequence[Any]) -> tuple[str, ...]:
    """
    Check class names that a parameter or a record lists.

    :raises ModelError: without saying whose they are, if there is none or one cannot be used.
    """
    if isinstance(names, str) or not names:
        raise ModelError('there is no list of class names; give one name per class')
    return order_entries([LabelEntry(name) for name in names])


def check_labels(labels: Sequence[str], classes: int) -> None:
    """
    Compare the number of names with the number of the model's outputs.

    :raises ModelError: if they differ.
    """
    if len(labels) != classes:
        raise ModelError(
            f'the model has {classes} classes but {len(labels)} labels; give one label per class '
            '(in a file, blank lines and lines that begin with # do not count)'
        )


def _decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, without its byte order mark."""
    kind = identify(data)
    if kind in _WRONG_TEXT:
        raise ModelError(f'it is {kind.name}; {kind.advice}')
    if data[:2] in _UTF_16:
        raise ModelError(f'it is UTF-16; {_SAVE}')
    try:
        text = data.decode('utf-8-sig')
        fault = data.find(b'\0')
    except UnicodeDecodeError as error:
        fault = error.start
    if fault < 0:
        return text
    if kind != KINDS['unknown']:
        raise ModelError(f'it is {kind.name}; give a text file with a class name per line')
    line = data.count(b'\n', 0, fault) + 1
    raise ModelError(
        f'line {line} has the byte 0x{data[fault]:02X}, so it is Latin-1, UTF-16 or not text; '
        f'{_SAVE}'
    )
