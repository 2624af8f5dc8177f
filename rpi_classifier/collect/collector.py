# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Collects photos of one class: chooses among the pictures that come, and writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
import time

from rpi_classifier.collect.filter import BLURRED, NEAR_DUPLICATE, PhotoFilter
from rpi_classifier.collect.folder import ClassFolder
from rpi_classifier.errors import NothingCame
from rpi_classifier.images.picture import Picture


@dataclass
class Tally:
    """How many pictures were kept, and how many were left out and why."""

    kept: int = 0
    near_duplicates: int = 0
    blurred: int = 0

    @property
    def seen(self) -> int:
        """Return how many pictures came."""
        return self.kept + self.near_duplicates + self.blurred

    def __str__(self) -> str:
        """Return the counts as a phrase."""
        return (
            f'kept {self.kept}, skipped {self.near_duplicates} near-duplicate and {self.blurred} '
            'blurred'
        )


def collect_photos(
    pictures: Iterable[Picture],
    folder: ClassFolder,
    choice: PhotoFilter,
    tally: Tally,
    *,
    count: int,
    patience_s: float = float('inf'),
    advance: Callable[[str, int], object] = lambda done, steps: None,
) -> None:
    """
    Keep pictures until there are enough, or no more come.

    :param tally: is kept up to date, so that it is right however this ends.
    :param count: how many to keep.
    :param patience_s: the longest time, in seconds, in which pictures come and none is kept.
    :param advance: is told the tally, and by how many photos it grew, after each picture.
    :raises NothingCame: if none was kept for so long.
    :raises OutputError: if a photo cannot be written.
    :raises RpiClassifierError: as the pictures do.
    """
    newest_s = time.monotonic()
    for picture in pictures:
        before = tally.kept
        _take(picture, folder, choice, tally)
        advance(str(tally), tally.kept - before)
        if tally.kept >= count:
            return
        if tally.kept > before:
            newest_s = time.monotonic()
        elif time.monotonic() - newest_s > patience_s:
            raise NothingCame(
                f'nothing new came within {patience_s:g} s; move what is seen, or the camera, or '
                'lower --difference and --blur'
            )


def _take(picture: Picture, folder: ClassFolder, choice: PhotoFilter, tally: Tally) -> None:
    fault = choice.judge(picture.image)
    if fault == BLURRED:
        tally.blurred += 1
    elif fault == NEAR_DUPLICATE:
        tally.near_duplicates += 1
    else:
        folder.add(picture.as_jpeg())
        tally.kept += 1
