# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Views of a photo: what the node's camera might see of the same thing on another day.

View 0 is what the node makes of the photo. The others are parts of it, mirrored or not, in other
light. They depend on the seed, the photo and the view only, so they are the same in every run.
"""

from __future__ import annotations

import cv2
import numpy as np

from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.runtime.preprocess import fit

_LEAST_PART = 0.5  # of the area of what the model sees
_ASPECT = 4 / 3
_BRIGHTNESS = _CONTRAST = _SATURATION = 0.3
_TINT = 0.08  # of each channel, as of another white balance


def view_of(
    image: Image, transform: Transform, number: int, *, seed: int, photo: int, mirror: bool = True
) -> Image:
    """
    Return one view of a photo.

    :param image: [H, W, 3] uint8 BGR, any size.
    :param number: of the view; 0 is the photo as the node sees it.
    :param photo: the number of the photo in its data set.
    :param mirror: whether left and right may be exchanged.
    :returns: [size, size, 3] uint8 BGR, which ``Preprocessor`` takes without resizing.
    """
    if number == 0:
        return fit(image, transform)
    chance = np.random.default_rng((seed, photo, number))
    part = _resized(_random_part(_seen(image, transform), chance), transform.size)
    if mirror and chance.random() < 0.5:
        part = part[:, ::-1]
    return _in_other_light(part, chance)


def _seen(image: Image, transform: Transform) -> Image:
    """Return the square of a photo that the model sees, in the photo's own pixels."""
    height, width = image.shape[:2]
    side = max(1, round(min(height, width) * transform.size / transform.resize))
    top, left = (height - side) // 2, (width - side) // 2
    return image[top : top + side, left : left + side]


def _random_part(square: Image, chance: np.random.Generator) -> Image:
    side = len(square)
    area = chance.uniform(_LEAST_PART, 1.0)
    aspect = np.exp(chance.uniform(-np.log(_ASPECT), np.log(_ASPECT)))
    height, width = (
        min(side, max(1, round(side * float(np.sqrt(area * factor)))))
        for factor in (1 / aspect, aspect)
    )
    top, left = (int(chance.integers(side - length + 1)) for length in (height, width))
    return square[top : top + height, left : left + width]


def _resized(part: Image, size: int) -> Image:
    method = cv2.INTER_AREA if max(part.shape[:2]) > size else cv2.INTER_LINEAR
    return cv2.resize(part, (size, size), interpolation=method)  # type: ignore[return-value]


def _in_other_light(image: Image, chance: np.random.Generator) -> Image:
    """Change brightness, contrast, colour and white balance in one linear step."""
    brightness, contrast, saturation = (
        chance.uniform(1 - span, 1 + span) for span in (_BRIGHTNESS, _CONTRAST, _SATURATION)
    )
    tint = chance.uniform(1 - _TINT, 1 + _TINT, (1, 3)).astype(np.float32)
    gray = np.array([0.114, 0.587, 0.299], np.float32)  # of BGR, as ITU-R BT.601 weighs them
    colours = saturation * np.eye(3, dtype=np.float32) + (1 - saturation) * gray
    mean = float(image.mean())
    mixed = cv2.transform(image.astype(np.float32), colours.astype(np.float32))
    changed = brightness * tint * (contrast * mixed + (1 - contrast) * mean)
    return np.clip(np.rint(changed), 0, 255).astype(np.uint8)  # type: ignore[no-any-return]
