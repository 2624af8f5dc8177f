# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Finds and reads photos, and cuts samples out of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import importlib.util
import os
from pathlib import Path
from typing import TypeVar

import numpy as np

from rpi_classifier.errors import ImageError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.input_spec import Image

T = TypeVar('T')

SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.webp', '.gif', '.avif', '.tif', '.tiff')

# Photos of everyday things and animals that scikit-image contains.
SAMPLES = ('coffee.png', 'chelsea.png', 'motorcycle_left.png', 'rocket.jpg', 'astronaut.png')

_PARTS = (1.0, 0.85, 0.7)
_PLACES = ((0.5, 0.5), (0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))


def find_photos(paths: Iterable[Path]) -> list[Path]:
    """
    Replace folders by the photos in them, sorted by name; files stay as they are.

    :raises ImageError: if a folder contains no photo.
    """
    # Unlike Path.is_dir, os.path.isdir does not raise for a path that may not be looked at.
    return [
        file for path in paths for file in (photos_in(path) if os.path.isdir(path) else [path])
    ]


def photos_in(folder: Path) -> list[Path]:
    """
    Return the photos of a folder, sorted by name; hidden files and sub-folders are left out.

    :raises ImageError: if there is none.
    """
    try:
        entries = sorted(entry for entry in folder.iterdir() if entry.name[0] != '.')
        found = [entry for entry in entries if _is_photo(entry)]
        folders = [entry for entry in entries if entry.is_dir()]
        if not found and any(_is_photo(file) for inner in folders for file in inner.iterdir()):
            raise ImageError(
                f'{describe_path(folder)} has photos only in its sub-folders; name one of these'
            )
    except OSError as error:
        raise ImageError(f'{describe_path(folder)} cannot be read: {error.strerror}') from error
    if not found:
        raise ImageError(
            f'{describe_path(folder)} has no photo; expected files ending in {" ".join(SUFFIXES)}'
        )
    return found


def _is_photo(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file()


def choose_evenly(items: Sequence[T], most: int) -> list[T]:
    """
    Return some of the items at equal distances.

    Each class keeps its share if its items follow each other; where classes take turns, one of
    them may get all places.
    """
    count = min(len(items), most)
    return [items[number * len(items) // count] for number in range(count)]


def sample_photos() -> list[Path]:
    """
    Return the paths of scikit-image's sample photos.

    :raises ImageError: if scikit-image is not installed.
    """
    spec = importlib.util.find_spec('skimage')
    if spec is None or spec.origin is None:
        raise ImageError(
            'no photos were given, and the sample photos are not installed; give photos, or run: '
            'pip install --no-deps scikit-image'
        )
    return [Path(spec.origin).parent / 'data' / name for name in SAMPLES]


def crops(image: Image) -> list[Image]:
    """
    Cut squares out of a photo, to get more samples from few photos; always the same ones.

    :param image: [H, W, 3] uint8 BGR.
    :returns: squares at the centre and, where they differ from it, the corners, in three sizes.
    """
    height, width = image.shape[:2]
    boxes = []
    for part in _PARTS:
        side = max(1, round(min(height, width) * part))
        boxes += [
            (round((height - side) * down), round((width - side) * right), side)
            for down, right in _PLACES
        ]
    return [
        np.ascontiguousarray(image[top : top + side, left : left + side])
        for top, left, side in dict.fromkeys(boxes)
    ]


def all_crops(paths: Iterable[Path]) -> list[Image]:
    """
    Return the crops of all photos.

    :raises ImageError: if a photo cannot be read.
    """
    return [crop for path in paths for crop in crops(read_image_file(path))]
