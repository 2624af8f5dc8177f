# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Photos of own classes in folders: FOLDER/CLASS/*, or FOLDER/train/CLASS/* and FOLDER/val/CLASS/*.

Without val/, a part of each class is held out for validation: photos that follow each other in the
order of their names, at a place that the seed chooses. Photos of a series look alike; drawn one by
one, almost every held-out photo would have its twin among those trained on, and the accuracy
would be too optimistic.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
import os
from pathlib import Path
import random

from rpi_classifier.collect.class_folders import (
    class_folders,
    class_photos,
    shorten_list,
    unused_entries,
    visible_folders,
)
from rpi_classifier.config.choices import suggest_names
from rpi_classifier.errors import DataSetError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.training.class_notes import explain_thin_classes, shared_photos, similar_names
from rpi_classifier.training.duplicates import contents_of
from rpi_classifier.training.labeled_photo import LabeledPhoto, limit_to_region
from rpi_classifier.wording import printable_path

HELD_OUT = 0.2  # of each class, for validation
_LEAST_TO_HOLD_OUT = 3  # photos of a class of which one can be spared


@dataclass(frozen=True)
class DataSet:
    """
    Photos to train on and to validate with.

    ``notes`` are sentences for the user about what was found in the folder. ``has_val`` is True if
    the photos for validation are from a folder val, False if they were held out. ``region`` is the
    part of each photo that the network sees.
    """

    labels: tuple[str, ...]
    train: tuple[LabeledPhoto, ...]
    val: tuple[LabeledPhoto, ...]
    notes: tuple[str, ...] = ()
    has_val: bool = False
    region: str = ''


def read_data_set(
    folder: Path, *, held_out: float = HELD_OUT, seed: int = 0, region: str = ''
) -> DataSet:
    """
    Find the photos of a folder; files are opened only to compare those of one size.

    :param held_out: fraction of each class for validation where there is no val/; 0: none.
    :param seed: chooses which photos are held out.
    :param region: the part of each photo that the network sees.
    :raises DataSetError: if there are fewer than two classes, a class without photos, or a class
        in val/ only, or val/ without train/.
    """
    split = has_part(folder, 'train')
    root = folder / 'train' if split else folder
    if not split and has_part(folder, 'val'):
        raise DataSetError(
            f'{describe_path(folder)} has classes in val/ and no train/; move the folders of the '
            f'classes to train on into {printable_path(folder / "train")}'
        )
    classes = class_folders(root)
    if len(classes) < 2:
        raise DataSetError(
            f'{describe_path(root)} has {_count(len(classes), "class", "classes")}; expected a '
            'folder with photos for each of at least two classes'
        )
    notes: list[str] = []
    labels = tuple(classes)
    photos = _labeled(root, classes, labels, notes)
    photos = _without_copies(photos, labels, notes)
    has_val = split and os.path.lexists(folder / 'val')
    if has_val:
        val = _unseen(_val_photos(folder / 'val', labels, notes), photos, labels, notes)
        train = photos
    else:
        train, val = _hold_out(photos, held_out, random.Random(seed))
    if split:
        used = {folder / 'train', folder / 'val'}
        notes += unused_entries(folder, used, 'only train and val are read')
    counts = Counter(photo.label for photo in train)
    notes += [*similar_names(labels), *explain_thin_classes(labels, counts)]
    train, val = limit_to_region(train, region), limit_to_region(val, region)
    return DataSet(labels, tuple(train), tuple(val), tuple(notes), has_val, region)


def read_labeled_photos(
    folder: Path, labels: Sequence[str], part: str = 'val', region: str = ''
) -> tuple[list[LabeledPhoto], list[str]]:
    """
    Find the photos of a folder, FOLDER/CLASS/* or FOLDER/val/CLASS/*, for a model's labels.

    Beside FOLDER/train/CLASS/*, val counts as in ``read_data_set``: each photo once, and those
    that train has, too, not at all.

    :param labels: of the model; classes without a folder are allowed.
    :param part: train or val: which of them is taken, if FOLDER is so divided.
    :param region: the part of each photo that the network sees.
    :returns: the photos, and sentences for the user about what was left out.
    :raises DataSetError: if there is no class, or one that is no label or several.
    """
    split = has_part(folder, part)
    has_train = has_part(folder, 'train')
    if has_train and not split and 'train' not in labels:
        raise DataSetError(
            f'{describe_path(folder)} has train, but no {part}; name a folder that has a folder '
            'with photos for each class'
        )
    root = folder / part if split else folder
    classes = class_folders(root)
    if not classes:
        raise DataSetError(
            f'{describe_path(root)} has no class; expected a folder with photos for each class'
        )
    notes: list[str] = []
    photos = _labeled(root, classes, labels, notes)
    if split and has_train and part == 'val':
        photos = _unseen(photos, _trained_photos(folder / 'train', labels), labels, notes)
    return limit_to_region(photos, region), notes


def has_part(folder: Path, part: str) -> bool:
    """Return True if a folder has that part; a class may be named train, too."""
    # Unlike Path.is_dir, os.path.isdir does not raise for a path that may not be looked at.
    return os.path.isdir(folder / part) and bool(visible_folders(folder / part))


def _trained_photos(root: Path, labels: Sequence[str]) -> list[LabeledPhoto]:
    """Return the photos of the classes that a model has."""
    classes = {name: inner for name, inner in class_folders(root).items() if name in labels}
    return _labeled(root, classes, labels, [])


def _val_photos(root: Path, labels: Sequence[str], notes: list[str]) -> list[LabeledPhoto]:
    classes = class_folders(root)
    if not classes:
        raise DataSetError(
            f'{describe_path(root)} has no class; put photos into it as into train, or delete it '
            'to hold out a part of train'
        )
    photos = _labeled(root, classes, labels, notes)
    if missing := [label for label in labels if label not in classes]:
        notes.append(f'{describe_path(root)} has no photo of {shorten_list(missing)}')
    return photos


def _labeled(
    root: Path, classes: dict[str, Path], labels: Sequence[str], notes: list[str]
) -> list[LabeledPhoto]:
    found = []
    notes += unused_entries(root, set(classes.values()), 'not in the folder of a class')
    for name, folder in classes.items():
        if list(labels).count(name) != 1:
            raise DataSetError(_explain_label(folder, name, labels))
        photos = class_photos(folder)
        notes += unused_entries(folder, set(photos), 'not photos')
        found += [LabeledPhoto(path, list(labels).index(name)) for path in photos]
    return found


def _explain_label(folder: Path, name: str, labels: Sequence[str]) -> str:
    if name in labels:
        return f'{describe_path(folder)}: several of the labels are {name}; give them names apart'
    hint = suggest_names(name, labels) or f'; expected one of {shorten_list(list(labels))}'
    return f'{describe_path(folder)}: {name} is none of the {len(labels)} labels{hint}'


def _without_copies(
    photos: Sequence[LabeledPhoto], labels: Sequence[str], notes: list[str]
) -> list[LabeledPhoto]:
    """Leave out copies within a class; note photos that are in two classes, and keep them."""
    contents = contents_of(photo.path for photo in photos)
    first: dict[tuple[str, int], LabeledPhoto] = {}
    classes: dict[str, dict[int, LabeledPhoto]] = defaultdict(dict)
    copies = []
    for photo in photos:
        kept = first.setdefault((contents[photo.path], photo.label), photo)
        classes[contents[photo.path]].setdefault(photo.label, photo)
        if kept is not photo:
            copies.append(f'{printable_path(photo.path)} (as {printable_path(kept.path.name)})')
    if copies:
        notes.append(f'left out, because they are copies: {shorten_list(copies)}')
    notes += shared_photos(
        {labels[label]: photo.path for label, photo in photos.items()}
        for photos in classes.values()
        if len(photos) > 1
    )
    return list(first.values())


def _unseen(
    val: Sequence[LabeledPhoto],
    train: Sequence[LabeledPhoto],
    labels: Sequence[str],
    notes: list[str],
) -> list[LabeledPhoto]:
    """Leave out of the validation what train has, too, and what is there twice."""
    return _without_trained(_without_copies(val, labels, notes), train, notes)


def _without_trained(
    val: Sequence[LabeledPhoto], train: Sequence[LabeledPhoto], notes: list[str]
) -> list[LabeledPhoto]:
    contents = contents_of(photo.path for photo in (*train, *val))
    trained = {contents[photo.path] for photo in train}
    if copies := [printable_path(one.path) for one in val if contents[one.path] in trained]:
        notes.append(
            f'left out of the validation, because train has them, too: {shorten_list(copies)}'
        )
    return [photo for photo in val if contents[photo.path] not in trained]


def _hold_out(
    photos: Sequence[LabeledPhoto], part: float, chance: random.Random
) -> tuple[list[LabeledPhoto], list[LabeledPhoto]]:
    """Take a run of photos out of each class; one in two classes at once is trained on."""
    contents = contents_of(photo.path for photo in photos)
    times = Counter(contents[photo.path] for photo in photos)
    by_class: dict[int, list[LabeledPhoto]] = defaultdict(list)
    for photo in photos:
        if times[contents[photo.path]] == 1:
            by_class[photo.label].append(photo)
    val: list[LabeledPhoto] = []
    for _, own in sorted(by_class.items()):
        if len(own) >= _LEAST_TO_HOLD_OUT and part > 0:
            count = min(max(1, round(len(own) * part)), len(own) - 1)
            start = chance.randrange(len(own) - count + 1)
            val += own[start : start + count]
    held = set(val)
    return [photo for photo in photos if photo not in held], val


def _count(number: int, one: str, many: str) -> str:
    return f'{number} {one if number == 1 else many}'
