# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The folders of a data set: one per class, with photos in it.

The name of a class is that of its folder in Unicode's form NFC, so that a name typed on macOS is
the same on a robot. Hidden folders and files do not count. ``class_folders`` and ``class_photos``
refuse what cannot be trained on; ``find_classes`` and ``photos_of_class`` take a folder as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
import unicodedata

from rpi_classifier.errors import DataSetError, ImageError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.models.label_entries import explain_bad_name
from rpi_classifier.photos import photos_in
from rpi_classifier.wording import printable_path

THIN = 20  # a class with fewer photos is called thin ...
UNEQUAL = 4  # ... and one whose photos, so many times, are fewer than those of the largest class
_SHOWN = 3  # names in one note


def class_name(folder: Path) -> str:
    """Return the class that a folder stands for."""
    return unicodedata.normalize('NFC', folder.name)


def class_folders(folder: Path) -> dict[str, Path]:
    """
    Return the classes of a folder and their folders, sorted by the code points of their names.

    :raises DataSetError: if the folder cannot be read, two names are one in NFC, or a name cannot
        be a label.
    """
    found: dict[str, Path] = {}
    for inner in visible_folders(folder):
        name = class_name(inner)
        if fault := explain_bad_name(name):
            raise DataSetError(f'{describe_path(inner)}: {fault}')
        if name in found:
            raise DataSetError(
                f'{describe_path(folder)} has two folders named {name}, which differ only in how '
                'their letters are encoded; put their photos into one'
            )
        found[name] = inner
    return dict(sorted(found.items()))


def visible_folders(folder: Path) -> list[Path]:
    """
    Return the sub-folders of a folder that are not hidden.

    :raises DataSetError: if the folder is missing or cannot be read.
    """
    entries = _visible(folder)
    try:
        return [entry for entry in entries if entry.is_dir()]
    except OSError as error:  # the folder may be listed, but not entered
        raise _unreadable(folder, error) from error


def class_photos(folder: Path) -> list[Path]:
    """
    Return the photos of a class, sorted by name.

    :raises DataSetError: if there is none, or the folder cannot be read.
    """
    try:
        return photos_in(folder)
    except ImageError as error:
        raise DataSetError(
            f'class {class_name(folder)}: {error}; add photos of it, or delete the folder'
        ) from error


def find_classes(folder: Path) -> dict[str, Path]:
    """Return the classes of a folder by name, sorted; none if the folder cannot be read."""
    try:
        found = {class_name(inner): inner for inner in visible_folders(folder)}
    except DataSetError:
        return {}
    return dict(sorted(found.items()))


def photos_of_class(folder: Path) -> list[Path]:
    """Return the photos of one class, sorted by name; none if the folder cannot be read."""
    try:
        return photos_in(folder)
    except ImageError:
        return []


def count_photos(folder: Path) -> dict[str, int]:
    """Return how many photos each class of a folder has, sorted by name."""
    return {name: len(photos_of_class(inner)) for name, inner in find_classes(folder).items()}


def thin_classes(counts: Mapping[str, int]) -> list[str]:
    """Return the classes with few photos, or few compared with the largest class."""
    most = max(counts.values(), default=0)
    return [name for name, count in counts.items() if count < THIN or UNEQUAL * count < most]


def unused_entries(folder: Path, used: set[Path], why: str) -> list[str]:
    """
    Return a note about what lies in a folder and is not used; none if all of it is.

    :param used: paths in the folder.
    :param why: the reason, in a few words.
    """
    unused = [printable_path(entry.name) for entry in _visible(folder) if entry not in used]
    return [f'{describe_path(folder)}: not used ({why}): {shorten_list(unused)}'] * (
        len(unused) > 0
    )


def shorten_list(names: list[str]) -> str:
    """Return names as text; of many, the first ones and how many more there are."""
    more = len(names) - _SHOWN
    return ', '.join(names[:_SHOWN]) + (f' and {more} more' if more > 0 else '')


def _visible(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if entry.name[0] != '.')
    except OSError as error:
        raise _unreadable(folder, error) from error


def _unreadable(folder: Path, error: OSError) -> DataSetError:
    return DataSetError(
        f'{describe_path(folder)} cannot be read: {error.strerror}; give a folder that has a '
        'folder with photos for each class'
    )
