# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What an ONNX network takes and gives, and whether that is an image and its classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ModelError

_TYPES = {'tensor(float)': False, 'tensor(uint8)': True}  # whether pixels are stored as bytes


@dataclass(frozen=True)
class OnnxSignature:
    """
    The names of input and output, and the form of the input.

    The input is [1, size, size, 3] if ``channels_last``, else [1, 3, size, size]; uint8 if
    ``stored_as_bytes``, else float32.
    """

    input: str
    output: str
    size: int
    channels_last: bool
    stored_as_bytes: bool


def read_signature(session: Any, size: int = 0) -> OnnxSignature:
    """
    Ask a session of ONNX Runtime what its network takes and gives.

    :param size: side of the input in pixels, needed if the network takes any; 0: not given.
    :raises ModelError: if that is not one image and one output, or not of this size.
    """
    image = _only(session.get_inputs(), 'input')
    output = _only(session.get_outputs(), 'output')
    if image.type not in _TYPES:
        raise ModelError(
            f'its input is a {image.type}, expected float32 or uint8; export it in float32'
        )
    channels_last = _is_channels_last(image.shape)
    sides = image.shape[1:3] if channels_last else image.shape[2:]
    return OnnxSignature(
        image.name, output.name, _side(sides, size), channels_last, _TYPES[image.type]
    )


def check_answer(answer: NDArray[Any]) -> None:
    """
    Check that an output is one number for each of at least two classes.

    :raises ModelError: if it is not.
    """
    if answer.dtype != np.float32:
        raise ModelError(f'its output is {answer.dtype}, expected float32; export it in float32')
    if answer.size < 2 or answer.size != max(answer.shape):
        raise ModelError(
            f'its output has shape {list(answer.shape)}, expected [1, classes]; give a classifier'
        )


def _only(values: list[Any], kind: str) -> Any:
    if len(values) != 1:
        names = ', '.join(value.name for value in values)
        raise ModelError(
            f'it has {len(values)} {kind}s ({names}), expected one; export it with one {kind}'
        )
    return values[0]


def _is_channels_last(shape: list[Any]) -> bool:
    if len(shape) == 4 and 3 in (shape[1], shape[3]):
        if isinstance(shape[0], int) and shape[0] != 1:
            raise ModelError(f'it takes {shape[0]} images at once; export it for one image')
        return bool(shape[1] != 3)
    said = ', '.join(str(side) if isinstance(side, int) else '?' for side in shape)
    raise ModelError(
        f'its input has shape [{said}], expected [1, 3, size, size] or [1, size, size, 3]'
    )


def _side(sides: list[Any], size: int) -> int:
    """Return the side of the square input; symbolic sides may be any."""
    fixed = {side for side in sides if isinstance(side, int)}
    if len(fixed) > 1:
        raise ModelError(
            f'its input has {sides[0]}x{sides[1]} pixels, expected a square; export it for one'
        )
    if not fixed and not size:
        raise ModelError('it takes images of any size; set input_size to the one it was made for')
    if fixed and size not in (0, *fixed):
        raise ModelError(f'its input has {fixed.pop()} pixels a side, but input_size is {size}')
    return fixed.pop() if fixed else size
