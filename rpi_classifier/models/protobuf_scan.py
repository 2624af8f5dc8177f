# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The top level of a message of Protocol Buffers, which ONNX and TensorFlow write."""

from __future__ import annotations

from itertools import islice

from rpi_classifier.models.protobuf import CutOffError, read_fields

_MOST_FIELDS = 256
_MOST_NUMBER = 1000


def top_fields(data: bytes) -> tuple[list[int], bool]:
    """
    Return the numbers of a message's fields, and whether the message ends where the data ends.

    No numbers are returned if it is not such a message.
    """
    numbers: list[int] = []
    whole = True
    try:
        numbers.extend(
            field.number for field in islice(read_fields(memoryview(data)), _MOST_FIELDS)
        )
    except CutOffError as error:
        numbers, whole = [*numbers, error.number], False
    except ValueError:
        return [], False
    return (numbers, whole) if all(0 < one <= _MOST_NUMBER for one in numbers) else ([], False)
