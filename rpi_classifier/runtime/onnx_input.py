# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The input of an ONNX network, and whether it is one image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rpi_classifier.errors import ModelError
from rpi_classifier.wording import quote

_TYPES = {'tensor(float)': False, 'tensor(uint8)': True}  # whether pixels are stored as bytes


@dataclass(frozen=True)
class OnnxInput:
    """
    An input: [1, size, size, 3] if ``channels_last``, else [1, 3, size, size].

    It is uint8 if ``stored_as_bytes``, else float32.
    """

    name: str
    size: int
    channels_last: bool
    stored_as_bytes: bool


def read_onnx_input(session: Any, size: int = 0) -> OnnxInput:
    """
    Ask a session of ONNX Runtime what its network takes.

    :param size: side of the input in pixels, needed if the network takes any; 0: not given.
    :raises ModelError: if that is not one image, or not of this size.
    """
    inputs = session.get_inputs()
    if len(inputs) != 1:
        names = ', '.join(quote(one.name) for one in inputs)
        raise ModelError(f'it takes {len(inputs)} inputs ({names}), expected one image')
    (image,) = inputs
    if image.type not in _TYPES:
        raise ModelError(
            f'its input is a {image.type}, expected float32 or uint8; export it in float32'
        )
    channels_last = _is_channels_last(image.shape)
    sides = image.shape[1:3] if channels_last else image.shape[2:]
    return OnnxInput(image.name, _side(sides, size), channels_last, _TYPES[image.type])


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
