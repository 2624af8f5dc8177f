# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Copies photos that the classifier kept into the classes that somebody confirms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rpi_classifier.collect.class_folders import find_classes, photos_of_class
from rpi_classifier.collect.folder import ClassFolder
from rpi_classifier.collect.kept import KeptPhoto
from rpi_classifier.errors import DataSetError, ImageError, OutputError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.files.regular_file import read_regular_file, size_of
from rpi_classifier.images.decode import decode_image, MOST_BYTES
from rpi_classifier.models.files import file_sha256
from rpi_classifier.wording import printable_path

SKIPPED = '.skipped'  # in the folder of classes: hashes of what a person skipped, one a line
_PRIVATE = 0o600  # as the classifier writes them: they may show people


@dataclass
class SortTally:
    """How many photos were copied, and how many were not and why."""

    copied: int = 0
    there: int = 0
    skipped: int = 0
    damaged: int = 0

    def __str__(self) -> str:
        """Return the counts as a phrase."""
        return (
            f'copied {self.copied}, skipped {self.skipped}, sorted before {self.there}, '
            f'damaged {self.damaged}'
        )


class SortedFolder:
    """The folder of classes: which photos it has, and which a person did not want."""

    def __init__(self, root: Path) -> None:
        """Find the photos that are there; they are read when one has the same size."""
        self.root = root
        self._by_size: dict[int, list[Path]] = defaultdict(list)
        for folder in find_classes(root).values():
            for path in photos_of_class(folder):
                self._by_size[size_of(path)].append(path)
        try:
            self._skipped = {*(root / SKIPPED).read_text(errors='replace').split()}
        except OSError:
            self._skipped = set()

    def classes(self) -> list[str]:
        """Return the names of the classes."""
        return list(find_classes(self.root))

    def has(self, data: bytes) -> bool:
        """Return True if a class has a photo of that content, or it was skipped."""
        return file_sha256(data) in self._skipped or any(
            _content(path) == data for path in self._by_size[len(data)]
        )

    def copy(self, data: bytes, name: str, to: str) -> Path:
        """
        Write a photo into the folder of a class, under its name or the next free number.

        :raises OutputError: if it cannot be written.
        """
        folder = ClassFolder(self.root, to)
        path = folder.path / name
        if not folder.write(data, name, _PRIVATE):
            path = folder.add(data, _PRIVATE)
        self._by_size[len(data)].append(path)
        return path

    def skip(self, data: bytes) -> None:
        """
        Remember that a photo is not wanted.

        :raises OutputError: if that cannot be written.
        """
        try:
            self.root.mkdir(exist_ok=True)
            with open(self.root / SKIPPED, 'a') as file:
                file.write(f'{file_sha256(data)}\n')
        except OSError as error:
            raise OutputError(
                f'{describe_path(self.root / SKIPPED)} cannot be written: {error.strerror}'
            ) from error


def sort_photos(
    photos: list[KeptPhoto],
    folder: SortedFolder,
    decide: Callable[[KeptPhoto, str], str | None],
    tally: SortTally,
    *,
    remember: bool,
    tell: Callable[[str], None],
) -> None:
    """
    Copy each photo that is not in the folder yet to the class that is decided.

    :param decide: is asked for the class of a photo, with its place among all (``3/41``); an
        empty name skips it, None ends the sorting.
    :param tally: is kept up to date, so that it is right however this ends.
    :param remember: whether a photo that is skipped is not asked for again.
    :param tell: is told of each photo that cannot be read.
    :raises OutputError: if a photo cannot be written.
    """
    for number, photo, data in _new_photos(photos, folder, tally, tell):
        name = decide(photo, f'{number}/{len(photos)}')
        if name is None:
            return
        if name:
            folder.copy(data, photo.path.name, name)
            tally.copied += 1
            continue
        tally.skipped += 1
        if remember:
            folder.skip(data)


def _new_photos(
    photos: list[KeptPhoto], folder: SortedFolder, tally: SortTally, tell: Callable[[str], None]
) -> Iterator[tuple[int, KeptPhoto, bytes]]:
    """Yield the numbers, photos and contents of those that were not sorted before."""
    for number, photo in enumerate(photos, 1):
        try:
            data = read_regular_file(photo.path, MOST_BYTES, ImageError)
            if folder.has(data):
                tally.there += 1
                continue
            decode_image(data, printable_path(photo.path))
        except ImageError as error:  # the classifier deletes the oldest ones meanwhile
            tally.damaged += 1
            tell(f'{error} (left out)')
            continue
        yield number, photo, data


def _content(path: Path) -> bytes | None:
    try:
        return read_regular_file(path, MOST_BYTES, DataSetError)
    except DataSetError:
        return None
