# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a model expects: the type of images, their geometry, normalization and quantization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
InputMemory = NDArray[np.uint8] | NDArray[np.int8] | NDArray[np.float32]


@dataclass(frozen=True)
class Transform:
    """
    The geometry and the normalization of a model's input.

    The shorter side of an image becomes ``resize`` pixels, and the centre is cropped to ``size``.
    ``mean`` and ``std`` are per channel, in RGB order, for values in [0, 1].
    """

    size: int = 224
    resize: int = 256
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Quantization:
    """
    Affine quantization of an input: real = scale * (stored - zero_point).

    The stored type is int8 if ``signed``, else uint8.
    """

    scale: float
    zero_point: int
    signed: bool = False

    @property
    def dtype(self) -> type[np.uint8] | type[np.int8]:
        """Return the type of a stored value."""
        return np.int8 if self.signed else np.uint8
