# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Which of many pictures are worth keeping: those that are sharp, and unlike those kept before.

Where the default limits come from: 80 photos of ImageNet's validation set (shorter side about 300
pixels), changed in one way each.

Difference, in levels of 256, after the change; median and the range of 90 %:

    sensor noise of 15 levels in every pixel            1.8 (1.7 to 1.9)
    JPEG of quality 60                                  1.1 (0.9 to 1.2)
    white balance warmer by 8 %                         2.8 (1.3 to 4.4)
    exposure longer by a tenth                          4.0 (2.1 to 6.7)
    an object of a tenth of the area turned by 20 deg   9.6 (4.1 to 15)
    another object of a fiftieth of the area            8.3 (5.0 to 12)
    the camera turned by 2.5 % of the picture          18   (10 to 30)

Sharpness, as a part of that before the change:

    the camera panned by 15 % of the picture            1.07 (0.73 to 1.4; least 0.53)
    moved by 2 % of the width while exposed             0.12 (0.06 to 0.28)
    out of focus, a Gaussian of 1.5 pixels              0.06 (0.02 to 0.22)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ImageError
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.input_spec import Image

DIFFERENCE, BLUR = 6.0, 0.4  # the defaults; see above
NEAR_DUPLICATE, BLURRED = 'near-duplicate', 'blurred'

_SIDE = 24  # of the small pictures that are compared
_SHARPNESS_SIDE = 240  # pixels: blur that is not seen at this size does not matter to a model
_RECENT, _FEWEST = 8, 3  # pictures that a new one is compared with in sharpness


class PhotoFilter:
    """
    Judges pictures in the order in which they are taken.

    Sharpness is compared with the median of the recent pictures, whether they were kept or not:
    when all of them are soft, as those of a plain surface, they pass after a few.
    """

    def __init__(self, difference: float = DIFFERENCE, blur: float = BLUR) -> None:
        """
        Set the limits.

        :param difference: the least root-mean-square difference of small pictures, without
            their mean colour, in levels of 256; 0: all are different enough.
        :param blur: the least sharpness, as a part of the recent median; 0: all are sharp enough.
        """
        self._difference = difference
        self._blur = blur
        self._kept = np.empty((64, 3 * _SIDE * _SIDE), np.float32)
        self._count = 0
        self._sharpness: deque[float] = deque(maxlen=_RECENT)

    def learn(self, paths: Iterable[Path]) -> int:
        """
        Count photos on the disk as kept.

        :returns: how many of them cannot be decoded.
        """
        damaged = 0
        for path in paths if self._difference else ():
            try:
                self._keep(shrink_picture(read_image_file(path)))
            except ImageError:
                damaged += 1
        return damaged

    def judge(self, image: Image) -> str:
        """
        Judge the next picture, and count it as kept if nothing is wrong with it.

        :param image: [H, W, 3] uint8 BGR.
        :returns: what is wrong with it: ``NEAR_DUPLICATE`` or ``BLURRED``; empty if nothing is.
        """
        if self._blur and self._is_blurred(image):
            return BLURRED
        if self._difference:
            small = shrink_picture(image)
            if self._least_difference(small) < self._difference:
                return NEAR_DUPLICATE
            self._keep(small)
        return ''

    def _is_blurred(self, image: Image) -> bool:
        value = sharpness(image)
        recent = [*self._sharpness]
        self._sharpness.append(value)
        return len(recent) >= _FEWEST and value < self._blur * median(recent)

    def _least_difference(self, small: NDArray[np.float32]) -> float:
        if not self._count:
            return float('inf')
        distances = ((self._kept[: self._count] - small) ** 2).mean(axis=1)
        return float(np.sqrt(distances.min()))

    def _keep(self, small: NDArray[np.float32]) -> None:
        if self._count == len(self._kept):
            self._kept = np.concatenate([self._kept, np.empty_like(self._kept)])
        self._kept[self._count] = small
        self._count += 1


def shrink_picture(image: Image) -> NDArray[np.float32]:
    """
    Return a small picture without its mean colour, so that a change of light counts little.

    :param image: [H, W, 3] uint8 BGR.
    :returns: [1728] levels of 256.
    """
    small = cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    flat: NDArray[np.float32] = (small - small.mean(axis=(0, 1))).ravel()
    return flat


def sharpness(image: Image) -> float:
    """
    Return the variance of the Laplacian (Pech-Pacheco et al., ICPR 2000) of a gray picture.

    :param image: [H, W, 3] uint8 BGR; its shorter side is made 240 pixels if it is longer.
    """
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    scale = _SHARPNESS_SIDE / min(gray.shape)
    if scale < 1:
        size = [max(1, round(side * scale)) for side in gray.shape[::-1]]
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(gray, cv2.CV_32F).var())
