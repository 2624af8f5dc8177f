# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""How much accuracy a model loses against its float form, and exports that may not lose much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from rpi_classifier.collect.class_folders import class_folders, class_photos, visible_folders
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.inference.float_classifier import load_float_classifier
from rpi_classifier.models.file_format import ExportRequest, FileFormat
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.photos import choose_evenly, find_photos
from rpi_classifier.training.accuracy import Share
from rpi_classifier.training.data_set import read_labeled_photos
from rpi_classifier.training.labeled_photo import LabeledPhoto
from rpi_classifier.training.predictions import predict_photos

_ROUNDING = 1e-9  # of percent points
_ENOUGH = 32  # photos to calibrate on; each is cut into several


@dataclass(frozen=True)
class Drop:
    """
    The accuracies of a model and its reference on the same photos.

    For photos without classes, the class that the reference chooses is the right one;
    ``labeled`` is False then. ``against`` describes the reference to people.
    """

    ours: Share
    reference: Share
    labeled: bool
    against: str = 'the float network'

    @property
    def points(self) -> float:
        """Return the loss in percent points; negative if the model is better."""
        return 100 * (self.reference.value - self.ours.value)

    def __str__(self) -> str:
        """Return a phrase for people."""
        if self.labeled:
            return (
                f'{self.ours.right} of {self.ours.photos} photos are right, '
                f'{self.reference.right} by {self.against}'
            )
        return f'{self.ours.right} of {self.ours.photos} photos have the class of {self.against}'


def measure_drop(
    load_ours: Callable[[], Classifier], load_reference: Callable[[], Classifier], folder: Path
) -> Drop:
    """
    Let two models of the same classes classify photos, one model after the other.

    :param folder: FOLDER/CLASS/*, or photos without classes.
    :raises DataSetError: if a class is none of the models', or nothing can be read.
    :raises ImageError: if there is no photo.
    """
    reference = load_reference()
    labeled = bool(visible_folders(folder))
    if labeled:
        photos, _ = read_labeled_photos(folder, tuple(reference.labels))
        theirs = predict_photos(reference, photos)
    else:
        photos = [LabeledPhoto(path, 0) for path in find_photos([folder])]
        theirs = predict_photos(reference, photos)
        theirs = replace(theirs, truth=theirs.guesses)
    readable = [LabeledPhoto(*pair) for pair in zip(theirs.paths, theirs.truth.tolist())]
    del reference
    return Drop(predict_photos(load_ours(), readable).accuracy, theirs.accuracy, labeled)


def write_checked(
    output: Path,
    write: Callable[[Path], ModelMetadata],
    measure: Callable[[Path], Drop],
    most_points: float,
) -> tuple[ModelMetadata, Drop]:
    """
    Write a model, unless it loses too much; an older file stays then.

    :param write: writes it to a path that has the name of the output.
    :param measure: compares the file that was written.
    :param most_points: what it may lose, in percent points.
    :raises ModelError: if it loses more, or ``write`` raises it.
    """
    place = Path(os.path.realpath(output))
    with TemporaryDirectory(prefix='.export-', dir=place.parent) as folder:
        trial = Path(folder) / output.name
        written = write(trial)
        drop = measure(trial)
        advice = 'choose another model, runtime or engine'
        check_drop(output, drop.points, most_points, advice=advice, counts=str(drop))
        trial.replace(place)
    return written, drop


def check_drop(
    output: Path, points: float, most_points: float, *, advice: str, counts: str = ''
) -> None:
    """
    Compare what a model loses with what it may lose.

    :param output: the file that is not written then.
    :param points: what the model loses, in percent points.
    :param most_points: what it may lose.
    :param advice: what the user can do about it.
    :param counts: the photos behind the points, unless the user knows them already.
    :raises ModelError: if it loses more.
    """
    if points > most_points + _ROUNDING:
        found = f' ({counts})' if counts else ''
        raise ModelError(
            f'{describe_path(output)} was not written: it would lose {points:.1f} percent points'
            f'{found}, more than the {most_points:g} of max-drop; {advice}, or allow more'
        )


def check_drop_options(most_points: float | None, photos: Sequence[Path]) -> None:
    """
    Check the options of an export that may not lose much.

    :param most_points: None: it may lose anything.
    :raises ConfigError: if the number is out of range, or there is not one folder.
    """
    if most_points is None:
        return
    if not 0 <= most_points <= 100:
        raise ConfigError(f'max-drop: {most_points:g} is not a number of percent points, 0 to 100')
    if len(photos) != 1 or not photos[0].is_dir():
        given = ' '.join(map(str, photos)) or 'nothing'
        raise ConfigError(
            f'max-drop: photos is {given!r}; give one folder with photos, FOLDER/CLASS/* if their '
            'classes are known'
        )


def export_checked(
    file_format: FileFormat, request: ExportRequest, most_points: float
) -> tuple[ModelMetadata, Drop]:
    """
    Export a model of the zoo, unless it loses too much against its float form.

    :param request: its ``photos`` are one folder, and calibrate too where the format needs it.
    :raises RpiClassifierError: if it loses more, or cannot be exported; then there is no file.
    """
    (folder,) = request.photos
    photos = _to_calibrate(folder) if 'photos' in file_format.export_takes else ()
    return write_checked(
        request.output,
        lambda path: file_format.export(replace(request, output=path, photos=photos)),
        lambda path: measure_drop(
            lambda: Classifier.load(ClassifierConfig(model=str(path))),
            lambda: load_float_classifier(request.model, request.weights),
            folder,
        ),
        most_points,
    )


def _to_calibrate(folder: Path) -> tuple[Path, ...]:
    """Return some photos of a folder, evenly chosen, whether or not it has classes."""
    parts = [folder / name for name in ('train', 'val')]
    root = next((part for part in parts if part.is_dir() and visible_folders(part)), folder)
    every = [photo for inner in class_folders(root).values() for photo in class_photos(inner)]
    every = every or find_photos([folder])
    return tuple(choose_evenly(every, _ENOUGH))
