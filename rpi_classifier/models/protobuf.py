# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Reads and writes fields of protobuf messages, the encoding of ONNX files.

A message is a row of fields, each a number and a value; whoever reads knows what they mean. That
is enough to look into a file before any library parses it, and needs no package.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_MOST_BITS = 64


class CutOffError(ValueError):
    """A message ends within a field."""

    def __init__(self, number: int) -> None:
        """Say which field, or 0 if that cannot be told."""
        super().__init__(f'field {number} is cut off' if number else 'a number is cut off')
        self.number = number


@dataclass(frozen=True)
class Field:
    """
    One field of a message.

    ``value`` is an integer, or the bytes of a string, a message or a number of fixed size. The
    field lies between ``start`` and ``end`` of the message.
    """

    number: int
    value: int | memoryview
    start: int
    end: int

    @property
    def content(self) -> memoryview:
        """
        Return a value that has bytes.

        :raises ValueError: if it is an integer.
        """
        if isinstance(self.value, int):
            raise ValueError(f'field {self.number} is an integer')
        return self.value

    @property
    def text(self) -> str:
        """
        Return a string.

        :raises ValueError: if it is no UTF-8.
        """
        return bytes(self.content).decode()


def read_fields(message: memoryview) -> Iterator[Field]:
    """
    Read the fields of a message, in their order.

    :raises ValueError: if the message is not protobuf; a ``CutOffError`` if it ends too early.
    """
    position = 0
    while position < len(message):
        start = position
        tag, position = _read_varint(message, position)
        number, kind = tag >> 3, tag & 7
        value: int | memoryview
        if kind == _VARINT:
            value, position = _read_varint(message, position, number)
        else:
            length, position = _length(message, position, number, kind)
            if position + length > len(message):
                raise CutOffError(number)
            value = message[position : position + length]
            position += length
        yield Field(number, value, start, position)


def write_field(number: int, content: bytes) -> bytes:
    """Encode a string or a message as a field."""
    return _write_varint(number << 3 | _BYTES) + _write_varint(len(content)) + content


def _length(message: memoryview, position: int, number: int, kind: int) -> tuple[int, int]:
    if kind == _BYTES:
        return _read_varint(message, position, number)
    if kind in (_EIGHT_BYTES, _FOUR_BYTES):
        return 8 if kind == _EIGHT_BYTES else 4, position
    raise ValueError(f'there is no wire type {kind}')


def _read_varint(message: memoryview, position: int, number: int = 0) -> tuple[int, int]:
    """Return an integer, which belongs to the field ``number``, and where it ends."""
    value = 0
    for shift in range(0, _MOST_BITS, 7):
        if position == len(message):
            raise CutOffError(number)
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise ValueError('a number has too many bytes')


def _write_varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
