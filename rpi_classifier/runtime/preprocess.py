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

# Beyond this reduction even bilinear sampling at twice the size skips pixels.
_DOUBLED_UP_TO = 2.0


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


def fit(
    image: Image, transform: Transform, out: Image | None = None, doubled: Image | None = None
) -> Image:
    """
    Resize the shorter side to ``transform.resize`` and crop the centre to ``transform.size``.

    Only the region that survives the crop is resampled; it is the one of torchvision's Resize and
    CenterCrop, in whole pixels. No pixel of it is left out, see ``_shrink``. An image that already
    has the size is returned as it is.

    :param image: [H, W, 3] uint8, any size.
    :param out: [size, size, 3] uint8 to write to instead of new memory.
    :param doubled: [2 * size, 2 * size, 3] uint8 to use as scratch memory instead of new one.
    :returns: [size, size, 3] uint8.
    """
    height, width = image.shape[:2]
    if height == width == transform.size:
        return image
    shorter = min(height, width)
    region = image[_kept(height, shorter, transform), _kept(width, shorter, transform)]
    return _shrink(region, shorter / transform.resize, transform.size, out, doubled)


def _kept(length: int, shorter: int, transform: Transform) -> slice:
    """Return which of an image's rows or columns remain, rounded as torchvision rounds them."""
    resized = length * transform.resize // shorter
    start = round((resized - transform.size) / 2)
    first, last = (round(edge * length / resized) for edge in (start, start + transform.size))
    first = min(max(first, 0), length - 1)
    return slice(first, max(last, first + 1))


def _shrink(
    region: Image, reduction: float, size: int, out: Image | None, doubled: Image | None
) -> Image:
    """
    Resample a region so that every pixel of it counts, as in PIL, at little cost.

    Between one and two input pixels per output pixel, bilinear sampling at twice the size and the
    mean of 2x2 stand for INTER_AREA. They come as near to PIL in half the time, because they work
    with integers (doc/performance.md has figures).
    """
    method = cv2.INTER_AREA if reduction > _DOUBLED_UP_TO else cv2.INTER_LINEAR
    if 1 < reduction <= _DOUBLED_UP_TO:
        region = cv2.resize(region, (2 * size, 2 * size), dst=doubled, interpolation=method)  # type: ignore[assignment]
        method = cv2.INTER_AREA
    return cv2.resize(region, (size, size), dst=out, interpolation=method)  # type: ignore[return-value]


class Preprocessor:
    """Fills a model's input from an image of any size; owns its table and scratch memory."""

    def __init__(self, transform: Transform, quantization: Quantization | None = None) -> None:
        """Tabulate the normalization of one model."""
        self._transform = transform
        self._table = normalization_table(transform, quantization)
        shape = (transform.size, transform.size, 3)
        self._doubled = np.empty((2 * transform.size, 2 * transform.size, 3), np.uint8)
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
        fitted = fit(image, self._transform, self._fitted, self._doubled)
        cv2.cvtColor(fitted, cv2.COLOR_BGR2RGB, dst=self._rgb)
        cv2.LUT(self._rgb, self._table, dst=out)
