# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a user should know about the classes of a data set before training."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rpi_classifier.collect.class_folders import shorten_list, THIN, UNEQUAL
from rpi_classifier.wording import printable_path

_MOST_SHARED = 3  # photos of several classes that are named


def similar_names(names: Iterable[str]) -> Iterator[str]:
    """Yield a sentence about each name that is there in several spellings."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in names:
        spellings[' '.join(name.casefold().split())].append(name)
    for similar in spellings.values():
        if len(similar) > 1:
            yield (
                f'the classes {" and ".join(map(repr, similar))} differ only in upper and lower '
                'case or blanks; if they are one, put their photos into one folder'
            )


def shared_photos(shared: Iterable[Mapping[str, Path]]) -> Iterator[str]:
    """
    Yield sentences about photos that are in several classes; of many, about the first ones.

    :param shared: for each such photo its paths by class.
    """
    found = list(shared)
    for paths in found[:_MOST_SHARED]:
        listed = ', '.join(map(printable_path, paths.values()))
        yield f'the same photo is in the classes {" and ".join(paths)}: {listed}; delete one'
    if (more := len(found) - _MOST_SHARED) > 0:
        yield f'{more} more of the photos are in several classes'


def explain_thin_classes(labels: Sequence[str], counts: Mapping[int, int]) -> list[str]:
    """
    Return sentences about classes with few photos, and with far fewer than others.

    :param counts: of photos to train on, by the index of the class.
    """
    notes = []
    if thin := [f'{name} ({counts[i]})' for i, name in enumerate(labels) if counts[i] < THIN]:
        notes.append(
            f'few photos to train on: {shorten_list(thin)}; {THIN} or more of each class, in the '
            'places and the light where the robot works, make it reliable'
        )
    most, least = (pick(counts, key=lambda label: counts[label]) for pick in (max, min))
    if counts[most] > UNEQUAL * counts[least]:
        notes.append(
            f'unequal classes: {labels[most]} has {counts[most]} photos to train on and '
            f'{labels[least]} has {counts[least]}; add photos of the small ones'
        )
    return notes
