# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the classifier kept and nobody has sorted yet, newest first; on the thread of the disk."""

from __future__ import annotations

from itertools import count
import os
from pathlib import Path
from typing import Any

from rpi_classifier.collect.kept import KeptPhoto, read_kept_photo
from rpi_classifier.collect.sort import SortedFolder
from rpi_classifier.errors import ImageError, Refused
from rpi_classifier.files.kept_folder import list_photos
from rpi_classifier.files.regular_file import read_regular_file
from rpi_classifier.images.decode import MOST_BYTES

_SHOWN = 8
_MOST_READ = 100  # photos at a time, while those that are shown are looked for


class KeptPictures:
    """
    Finds the photos to show, and gives them ids, so that a browser never sends a path.

    A photo that was sorted into a class, or that somebody dismissed, is not shown again.
    """

    def __init__(self) -> None:
        """Start without photos."""
        self._folder: Path | None = None
        self._read_ns = 0  # when the folder had changed when it was read
        self._waiting: list[Path] = []  # newest first
        self._done: set[Path] = set()
        self._numbers = count(1)
        self._ids: dict[Path, str] = {}
        self._photos: dict[str, KeptPhoto] = {}  # those that are shown, by id

    def follow(self, folder: Path | None) -> None:
        """Look for new photos in a folder; None: there is none."""
        changed_ns = _changed_ns(folder)
        if (folder, changed_ns) == (self._folder, self._read_ns):
            return
        if folder != self._folder:
            self._done, self._ids = set(), {}
        found = list_photos(folder) if folder and changed_ns else []
        self._folder, self._read_ns = folder, changed_ns
        self._done &= set(found)
        self._waiting = [path for path in found if path not in self._done]

    def show(self, pictures: SortedFolder) -> None:
        """Choose the photos to show: the newest that are in no class yet."""
        shown: list[KeptPhoto] = []
        for path in self._waiting[:_MOST_READ]:
            if len(shown) == _SHOWN:
                break
            try:
                known = path not in self._ids and pictures.has(_read(path))
            except ImageError:  # deleted meanwhile
                known = True
            if known:
                self._done.add(path)
            else:
                shown.append(read_kept_photo(path))
        self._waiting = [path for path in self._waiting if path not in self._done]
        self._ids = {photo.path: self._id_of(photo.path) for photo in shown}
        self._photos = {self._ids[photo.path]: photo for photo in shown}

    def listed(self) -> list[dict[str, Any]]:
        """Return the photos to show, as what JSON can hold."""
        return [
            {
                'id': key,
                'reason': photo.reason,
                'guesses': [[guess.label, guess.score] for guess in photo.guesses],
            }
            for key, photo in self._photos.items()
        ]

    def count_more(self) -> int:
        """Return how many more photos wait to be shown."""
        return max(len(self._waiting) - len(self._photos), 0)

    def read(self, key: str) -> tuple[KeptPhoto, bytes]:
        """
        Return a photo that is shown, and its content.

        :raises Refused: if no photo has this id any more.
        """
        photo = self._photos.get(key)
        try:
            if photo:
                return photo, _read(photo.path)
        except ImageError:
            pass
        raise Refused('this picture is not here any more; newer ones took its place')

    def drop(self, photo: KeptPhoto) -> None:
        """Stop showing a photo."""
        self._done.add(photo.path)
        self._waiting = [path for path in self._waiting if path != photo.path]

    def _id_of(self, path: Path) -> str:
        return self._ids.get(path) or str(next(self._numbers))


def _read(path: Path) -> bytes:
    return read_regular_file(path, MOST_BYTES, ImageError)


def _changed_ns(folder: Path | None) -> int:
    """Return when a folder changed; 0 if it is none, or cannot be read."""
    try:
        return (
            os.stat(folder).st_mtime_ns if folder and os.access(folder, os.R_OK | os.X_OK) else 0
        )
    except OSError:
        return 0
