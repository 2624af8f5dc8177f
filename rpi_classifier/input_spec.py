# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""What a model takes: the type of images, their geometry, normalization and quantization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
InputMemory = NDArray[np.uint8] | NDArray[np.int8] | NDArray[np.float32]


@dataclass(frozen=True)
class Transform:
    """What a model wants to see: geometry in pixels, mean and std per RGB channel of [0, 1]."""

    size: int = 224
    resize: int = 256
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Quantization:
    """
    Affine quantization of an input: real = scale * (stored - zero_point).

    Stored is int8 if ``signed``, else uint8.
    """

    scale: float
    zero_point: int
    signed: bool = False

    @property
    def dtype(self) -> type[np.uint8] | type[np.int8]:
        """Return the type of a stored value."""
        return np.int8 if self.signed else np.uint8
