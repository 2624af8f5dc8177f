# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The pictures on which ``tune`` compares classes: photos, crops of samples, or noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from rpi_classifier.errors import ImageError
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.input_spec import Image
from rpi_classifier.photos import all_crops, choose_evenly, find_photos, sample_photos

_MOST = 300  # more would take longer than all measurements
_NOISE, _CELLS, _SIDE = 64, 7, 224


@dataclass(frozen=True)
class Pictures:
    """A folder of pictures, and what to call them, as in "200 of 200 photos"."""

    folder: Path
    number: int
    name: str


def collect_pictures(photos: str, folder: Path) -> Pictures:
    """
    Fill a folder with pictures to classify.

    :param photos: a folder or a file; empty: the sample photos, or noise where there are none.
    :raises ImageError: if a photo cannot be read.
    """
    folder.mkdir()
    if photos:
        chosen = choose_evenly(find_photos([Path(photos)]), _MOST)
        for index, photo in enumerate(chosen):
            read_image_file(photo)  # before minutes of measuring
            (folder / f'{index:04}{photo.suffix}').symlink_to(photo.absolute())
        return Pictures(folder, len(chosen), 'photos')
    try:
        return _save(all_crops(sample_photos()), folder, "crops of scikit-image's sample photos")
    except ImageError:
        return _save(noise_pictures(), folder, 'pictures of noise')


def calibration_photos(photos: str) -> tuple[Path, ...]:
    """
    Return what an export calibrates on; empty for the sample photos, which it then takes itself.

    :param photos: those to compare on. An export should not see them before, if it can be helped.
    """
    try:
        sample_photos()
    except ImageError:
        return (Path(photos).absolute(),) if photos else ()
    return ()


def noise_pictures() -> list[Image]:
    """Return smooth noise, [side, side, 3] uint8, the same on every machine."""
    generator = np.random.default_rng(0)
    cells = generator.integers(0, 256, (_NOISE, _CELLS, _CELLS, 3), np.uint8)
    return [cv2.resize(one, (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR) for one in cells]


def _save(pictures: Sequence[Image], folder: Path, name: str) -> Pictures:
    for index, picture in enumerate(pictures):
        cv2.imwrite(str(folder / f'{index:04}.png'), picture)
    return Pictures(folder, len(pictures), name)
