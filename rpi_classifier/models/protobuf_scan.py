# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The top level of a message of Protocol Buffers, which ONNX and TensorFlow write."""

from __future__ import annotations

_MOST_FIELDS = 256
_MOST_NUMBER = 1000
_VARINT, _EIGHT_BYTES, _WITH_LENGTH, _FOUR_BYTES = 0, 1, 2, 5


def top_fields(data: bytes) -> tuple[list[int], bool]:
    """
    Return the numbers of a message's fields, and whether the message ends where the data ends.

    No numbers are returned if it is not such a message.
    """
    fields: list[int] = []
    at = 0
    while at < len(data) and len(fields) < _MOST_FIELDS:
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if not 0 < number <= _MOST_NUMBER:
            return [], False
        fields.append(number)
        if wire == _VARINT:
            _, at = _varint(data, at)
        elif wire == _WITH_LENGTH:
            length, at = _varint(data, at)
            at += length
        elif wire in (_EIGHT_BYTES, _FOUR_BYTES):
            at += 8 if wire == _EIGHT_BYTES else 4
        else:
            return [], False
    return fields, at == len(data) or len(fields) == _MOST_FIELDS


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number and where it ends; at most ten bytes, the last one below 128."""
    value = 0
    for shift, byte in enumerate(data[at : at + 10]):
        value |= (byte & 127) << 7 * shift
        if byte < 128:
            return value, at + shift + 1
    return 0, len(data) + 1
