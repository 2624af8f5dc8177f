# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the classifier kept, read tolerantly: photos, and what it took them for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpi_classifier.errors import DataSetError, ImageError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.files.regular_file import read_regular_file
from rpi_classifier.models.bounded_json import parse_bounded_json
from rpi_classifier.photos import photos_in

_MOST_BYTES = 64 << 20  # of a file of records
_MOST_GUESSES = 3


@dataclass(frozen=True)
class Guess:
    """A class that a model took a photo for, and its probability."""

    label: str
    score: float


@dataclass(frozen=True)
class KeptPhoto:
    """A photo, the best guesses, best first, and why it was kept; empty if no record says it."""

    path: Path
    guesses: tuple[Guess, ...] = ()
    reason: str = ''


def read_kept_photos(folder: Path) -> tuple[list[KeptPhoto], list[str]]:
    """
    Find the photos of a folder that the classifier filled, and their records.

    Records are lines of JSON, in a file beside each photo or together in other ``.json`` and
    ``.jsonl`` files.

    :returns: the photos, sorted by name, and sentences about what is missing or damaged.
    :raises DataSetError: if the folder has no photo or cannot be read.
    """
    try:
        paths = photos_in(folder)
        files = sorted(path for path in folder.iterdir() if path.suffix in ('.json', '.jsonl'))
    except ImageError as error:
        raise DataSetError(f'--from: {error}') from error
    except OSError as error:
        raise DataSetError(
            f'--from: {describe_path(folder)} cannot be read: {error.strerror}'
        ) from error
    records: dict[str, KeptPhoto] = {}
    damaged: list[str] = []
    for file in files:
        _read_records(file, records, damaged)
    photos = [records.get(path.name, KeptPhoto(path)) for path in paths]
    return photos, _notes(folder, photos, damaged)


def read_kept_photo(path: Path) -> KeptPhoto:
    """Return a photo with what the record beside it says; without a guess if there is none."""
    records: dict[str, KeptPhoto] = {}
    _read_records(path.with_suffix('.json'), records, [])
    return records.get(path.name, KeptPhoto(path))


def _notes(folder: Path, photos: list[KeptPhoto], damaged: list[str]) -> list[str]:
    notes = []
    if damaged:
        notes.append(f'{len(damaged)} damaged lines of records, the first: {damaged[0]}')
    if without := sum(not photo.guesses for photo in photos):
        notes.append(
            f'{describe_path(folder)}: {without} of {len(photos)} photos have no record of a guess'
        )
    return notes


def _read_records(file: Path, records: dict[str, KeptPhoto], damaged: list[str]) -> None:
    try:
        lines = read_regular_file(file, _MOST_BYTES, DataSetError).splitlines()
    except DataSetError as error:
        damaged.append(str(error))
        return
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            photo = _photo_of(file.parent, parse_bounded_json(line.decode()))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            damaged.append(f'{describe_path(file)}, line {number}: {_explain(error)}')
        else:
            records[photo.path.name] = photo


def _photo_of(folder: Path, record: Any) -> KeptPhoto:
    guesses = tuple(_guesses(record['results']))
    # A name from elsewhere may have a path; photos are taken from this folder only.
    return KeptPhoto(folder / Path(record['image']).name, guesses, str(record.get('reason', '')))


def _guesses(results: Any) -> Iterator[Guess]:
    """Yield the best classes of the model; "unknown" is none, and has index -1."""
    classes = [result for result in results if result.get('index', 0) >= 0]
    for result in classes[:_MOST_GUESSES]:
        label, score = result['label'], float(result['score'])
        if not isinstance(label, str) or not 0 <= score <= 1:
            raise ValueError('a result is not a label with a score from 0 to 1')
        yield Guess(label, score)


def _explain(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return 'it is not UTF-8'
    if isinstance(error, ValueError):
        return str(error)
    return 'it is not a record with image and results'
