# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Copies the photos that a model classifies wrongly into folders, to look through."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import count
import os
from pathlib import Path
import re

from rpi_classifier.errors import ConfigError, OutputError
from rpi_classifier.files.output_file import explain_unwritable_folder, write_new_file
from rpi_classifier.files.paths import describe_path, is_within
from rpi_classifier.training.predictions import PhotoResult

_LONGEST, _LONGEST_LABEL = 200, 80  # bytes of a name and of a class in it; 255 are possible
_NEVER_IN_NAMES = re.compile(r'[/\\\x00-\x1f]')


def check_photo_folder(option: str, folder: Path, data_set: Path) -> None:
    """
    Refuse a folder that has something in it already, before the work that fills it.

    :param data_set: the folder of the photos, in which a new one would be taken for a class.
    :raises ConfigError: if it is not empty, or cannot be made or written, or is in the data set.
    """
    if is_within(folder, data_set):
        raise ConfigError(
            f'{option}: {describe_path(folder)} is in the folder of the photos, where train would '
            f'take it for a class; name a folder outside {describe_path(data_set)}'
        )
    if reason := explain_unwritable_folder(folder):
        raise ConfigError(f'{option}: {reason}')
    if os.path.isdir(folder) and next(os.scandir(folder), None):
        shown = describe_path(folder)
        raise ConfigError(f'{option}: {shown} is not empty; name a new folder, or empty it')


def copy_wrong(option: str, results: Sequence[PhotoResult], folder: Path) -> int:
    """
    Copy the photos that are wrong to FOLDER/TRUTH/as_GUESS_SCORE_NAME; overwrite nothing.

    :returns: how many there were; the folder is not made for none.
    :raises OutputError: if a copy cannot be written; those before it stay, and are whole.
    """
    wrong = [one for one in results if not one.right]
    for one in wrong:
        place = folder / _as_name(one.truth)
        stem = f'as_{_as_name(one.guess)}_{one.score:.2f}_{one.path.stem}'
        try:
            place.mkdir(parents=True, exist_ok=True)
            _write(one.path.read_bytes(), place, stem, one.path.suffix)
        except OSError as error:
            raise OutputError(
                f'{option}: {describe_path(place)} cannot take {one.path.name}: {error.strerror}'
            ) from error
    return len(wrong)


def _write(photo: bytes, folder: Path, stem: str, suffix: str) -> None:
    """Write a file of this name, with a number if there is one already."""
    stem = _shorten_bytes(stem, _LONGEST)
    for number in count(1):
        tail = f'_{number}' if number > 1 else ''
        with suppress(FileExistsError):
            write_new_file(photo, folder / f'{stem}{tail}{suffix}')
            return


def _as_name(label: str) -> str:
    """Return a class as a part of a file's name."""
    return _shorten_bytes(_NEVER_IN_NAMES.sub('_', label), _LONGEST_LABEL).strip(' .') or '_'


def _shorten_bytes(name: str, longest: int) -> str:
    return os.fsencode(name)[:longest].decode('utf-8', 'ignore')
