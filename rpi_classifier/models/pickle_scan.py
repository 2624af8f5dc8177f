# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a pickle of torch mentions, found by reading its operations; none is carried out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
import io
import pickletools
import struct
from typing import Any

_FAULTS = (ValueError, struct.error, IndexError, KeyError, OverflowError, AssertionError)
_STRINGS = ('STRING', 'BINSTRING', 'SHORT_BINSTRING', 'UNICODE', 'BINUNICODE', 'SHORT_BINUNICODE')
_INTEGERS = ('INT', 'BININT', 'BININT1', 'BININT2', 'LONG', 'LONG1', 'LONG4')
_PUTS = ('PUT', 'BINPUT', 'LONG_BINPUT')
_GETS = ('GET', 'BINGET', 'LONG_BINGET')


@dataclass
class PickleScan:
    """
    What a pickle mentions, in the order of mention.

    ``classes`` are dotted names of classes and functions, ``strings`` all strings, ``elements``
    the number of elements of each type of torch's storages, as FloatStorage. ``whole`` is False
    if a fault ended the reading.
    """

    classes: list[str] = field(default_factory=list)
    strings: set[str] = field(default_factory=set)
    elements: Counter[str] = field(default_factory=Counter)
    whole: bool = True


def scan_pickle(data: bytes, pickles: int = 1) -> PickleScan:
    """
    Read a pickle up to its end or the first fault.

    :param pickles: how many pickles that follow each other are read.
    """
    scan, stream = PickleScan(), io.BytesIO(data)
    try:
        for _ in range(pickles):
            _scan_one(stream, scan)
    except _FAULTS:
        scan.whole = False
    return scan


def _scan_one(stream: io.BytesIO, scan: PickleScan) -> None:
    pushed: list[Any] = []
    memo: dict[Any, Any] = {}
    for operation, argument, _ in pickletools.genops(stream):
        name = operation.name
        if name in _PUTS or name == 'MEMOIZE':
            memo[len(memo) if name == 'MEMOIZE' else argument] = pushed[-1] if pushed else None
        elif name == 'BINPERSID':
            _count_storage(pushed, scan)
        else:
            pushed.append(memo.get(argument) if name in _GETS else _pushed(name, argument, pushed))
            _note(name, pushed[-1], scan)
            del pushed[:-8]


def _pushed(name: str, argument: Any, pushed: list[Any]) -> Any:
    """Return what an operation pushes, as far as it matters here: strings, classes, numbers."""
    if name == 'GLOBAL':
        return argument.replace(' ', '.', 1)
    if name == 'STACK_GLOBAL':
        return '.'.join(str(part) for part in pushed[-2:])
    return argument if name in _STRINGS + _INTEGERS else None


def _note(name: str, value: Any, scan: PickleScan) -> None:
    if name in ('GLOBAL', 'STACK_GLOBAL'):
        scan.classes.append(value)
    elif name in _STRINGS:
        scan.strings.add(value)


def _count_storage(pushed: list[Any], scan: PickleScan) -> None:
    """Count the elements of a persistent id: ('storage', TYPE, KEY, DEVICE, ELEMENTS, ...)."""
    if 'storage' not in pushed:
        return
    _, kind, _, _, elements = [*pushed[pushed.index('storage') :], *[None] * 4][:5]
    if isinstance(kind, str) and isinstance(elements, int):
        scan.elements[kind.rpartition('.')[2]] += elements
