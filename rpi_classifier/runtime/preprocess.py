# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
From a camera's uint8 BGR image to the memory of the model's input, without floating point.

A pixel has 256 values, so scaling, normalizing and quantizing fold into one table per channel.
(cv2.transform does all that and swaps the channels in a third of the time, but with ten binary
digits: its rounding changes the order of unlikely classes.)
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ImageError
from rpi_classifier.input_spec import Image, InputMemory, Quantization, Transform

_UINT8 = np.dtype(np.uint8)

# Beyond this reduction bilinear sampling skips pixels; area averaging does not.
_LINEAR_UP_TO = 2.0


def normalization_table(
    transform: Transform, quantization: Quantization | None = None
) -> NDArray[Any]:
    """
    Tabulate (pixel / 255 - mean) / std, quantized if the model's input is.

    :returns: [256, 1, 3] for cv2.LUT, channels in RGB order; of the quantization's type if there
        is one, else float32. Rounding is torch's: half to even.
    """
    pixels = np.arange(256, dtype=np.float32)[:, None, None] / np.float32(255)
    values: NDArray[Any] = (pixels - np.array(transform.mean, np.float32)) / np.array(
        transform.std, np.float32
    )
    if quantization is None:
        return values.astype(np.float32)
    steps: NDArray[Any] = (
        np.rint(values * np.float32(1 / quantization.scale)) + quantization.zero_point
    )
    limits = np.iinfo(quantization.dtype)
    return np.clip(steps, limits.min, limits.max).astype(quantization.dtype)  # type: ignore[no-any-return]


def fit(image: Image, transform: Transform, out: Image | None = None) -> Image:
    """
    Resize the shorter side to ``transform.resize`` and crop the centre to ``transform.size``.

    Only the region that survives the crop is resampled. An image that already has the size is
    returned as it is.

    :param image: [H, W, 3] uint8, any size.
    :param out: [size, size, 3] uint8 to write to instead of new memory.
    :returns: [size, size, 3] uint8.
    """
    size = transform.size
    height, width = image.shape[:2]
    if height == width == size:
        return image
    side = max(1, round(min(height, width) * size / transform.resize))
    top, left = (height - side) // 2, (width - side) // 2
    region = image[top : top + side, left : left + side]
    method = cv2.INTER_LINEAR if side <= size * _LINEAR_UP_TO else cv2.INTER_AREA
    return cv2.resize(region, (size, size), dst=out, interpolation=method)  # type: ignore[return-value]


class Preprocessor:
    """Fills a model's input from an image of any size; owns its table and scratch memory."""

    def __init__(self, transform: Transform, quantization: Quantization | None = None) -> None:
        """Tabulate the normalization of one model."""
        self._transform = transform
        self._table = normalization_table(transform, quantization)
        shape = (transform.size, transform.size, 3)
        self._fitted = np.empty(shape, np.uint8)
        self._rgb = np.empty(shape, np.uint8)

    def __call__(self, image: Image, out: InputMemory) -> None:
        """
        Write the model's input.

        :param image: [H, W, 3] uint8 BGR.
        :param out: [size, size, 3] RGB, of the quantization's type, float32 without one.
        :raises ImageError: if the image has another shape or type.
        """
        if image.dtype != _UINT8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
            raise ImageError(
                f'an image of shape {list(image.shape)} and type {image.dtype} cannot be '
                'classified; expected [H, W, 3] uint8 BGR'
            )
        fitted = fit(image, self._transform, self._fitted)
        cv2.cvtColor(fitted, cv2.COLOR_BGR2RGB, dst=self._rgb)
        cv2.LUT(self._rgb, self._table, dst=out)
