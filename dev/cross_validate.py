# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Cross-validates the ways to train own classes, for "How good it is" in doc/own_classes.md.

usage: cross_validate.py FOLDER [--folds N] [--other FOLDER] [--unfreeze] [--model MODEL]

FOLDER is what ``train`` takes; its photos are divided into folds, each with its share of every
class. Each fold is judged by a network that was trained on the others, in int8 as it runs on the
robot and with the same weights as floats. ``--other`` adds the photos of a folder as the class
"other"; they are counted apart. ``--unfreeze`` also trains whole networks, which takes minutes a
fold; they do not see the fold that judges them either, so they end after a fixed number of epochs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
import copy
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from rpi_classifier.benchmark.table import aligned
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.models.dequantize import dequantized
from rpi_classifier.models.model import Model
from rpi_classifier.photos import find_photos
from rpi_classifier.runtime.preprocess import Preprocessor
from rpi_classifier.runtime.torch_input import take_off_stub
from rpi_classifier.runtime.torchscript import TorchRuntime
from rpi_classifier.training.accuracy import Share
from rpi_classifier.training.comparison import sign_test
from rpi_classifier.training.data_set import DataSet, read_data_set
from rpi_classifier.training.fine_tune import fine_tune
from rpi_classifier.training.labeled_photo import LabeledPhoto
from rpi_classifier.training.monitor import Monitor
from rpi_classifier.training.train_head import train_head, Trained
from rpi_classifier.training.train_options import FINE_TUNE_EPOCHS, TrainOptions

OTHER = 'other'
TITLES = ('way', 'own classes', '95 % interval', OTHER)
Trainer = Callable[[DataSet, TrainOptions, Monitor], Trained]


@dataclass
class Way:
    """One way to train, and which photos its networks got right, by photo."""

    name: str
    train: Trainer
    epochs: int
    int8: dict[LabeledPhoto, bool] = field(default_factory=dict)
    float32: dict[LabeledPhoto, bool] = field(default_factory=dict)


def all_photos(options: argparse.Namespace) -> tuple[tuple[str, ...], list[LabeledPhoto]]:
    """Return the labels and all photos; those of the class other come last."""
    data = read_data_set(options.folder, held_out=0.0)
    labels, photos = data.labels, [*data.train, *data.val]
    if options.other:
        others = find_photos([options.other])
        photos += [LabeledPhoto(path, len(labels)) for path in others]
        labels = (*labels, OTHER)
    return labels, photos


def folds(
    labels: tuple[str, ...], photos: Sequence[LabeledPhoto], number: int
) -> Iterator[DataSet]:
    """Yield a data set for each fold, whose photos are those to judge with."""
    turns: dict[LabeledPhoto, int] = {}
    for label in range(len(labels)):
        own = [photo for photo in photos if photo.label == label]
        turns.update({photo: index % number for index, photo in enumerate(own)})
    for fold in range(number):
        left = tuple(photo for photo in photos if turns[photo] != fold)
        yield DataSet(labels, left, tuple(photo for photo in photos if turns[photo] == fold))


def judge(model: Model, photos: Sequence[LabeledPhoto], *, int8: bool) -> dict[LabeledPhoto, bool]:
    """Return which photos a network gets right; an int8 one loses its quantization stub."""
    quantization = take_off_stub(model.network) if int8 else None
    runtime = TorchRuntime(model.network, model.transform.size, quantization)
    preprocess = Preprocessor(model.transform, quantization)
    found = {}
    for photo in photos:
        preprocess(read_image_file(photo.path), runtime.buffer)
        found[photo] = int(runtime.run().argmax()) == photo.label
    return found


def run_fold(way: Way, data: DataSet, options: TrainOptions) -> None:
    """Train on the other folds, and judge this one."""
    unseen = replace(data, val=())  # nothing may be chosen by the photos that judge
    model = way.train(unseen, replace(options, epochs=way.epochs), Monitor()).model
    with torch.no_grad():
        floats = dequantized(copy.deepcopy(model.network))
    way.int8.update(judge(model, data.val, int8=True))
    way.float32.update(judge(replace(model, network=floats), data.val, int8=False))


def row(name: str, right: dict[LabeledPhoto, bool], other: int) -> list[str]:
    """Return the row of one kind of networks; ``other`` is the label that is counted apart."""
    own = Share(
        sum(it for photo, it in right.items() if photo.label != other),
        sum(photo.label != other for photo in right),
    )
    rest = Share(
        sum(it for photo, it in right.items() if photo.label == other),
        sum(photo.label == other for photo in right),
    )
    low, high = (f'{100 * bound:.0f}' for bound in own.interval)
    apart = f'{rest.right} of {rest.photos}' if rest.photos else ''
    return [
        name,
        f'{own.right} of {own.photos}',
        f'{low} to {high} %',
        apart,
    ]


def report(ways: Sequence[Way], other: int) -> str:
    """Return the table, and how int8 differs from float photo by photo."""
    rows, sentences = [list(TITLES)], []
    for way in ways:
        rows.append(row(f'{way.name}, int8', way.int8, other))
        rows.append(row(f'{way.name}, float', way.float32, other))
        better = sum(way.int8[photo] and not way.float32[photo] for photo in way.int8)
        worse = sum(way.float32[photo] and not way.int8[photo] for photo in way.int8)
        sentences.append(
            f'{way.name}: int8 alone is right on {better} photos, float alone on {worse} '
            f'(sign test p = {sign_test(better, worse):.2f})'
        )
    return '\n'.join([aligned(rows, left=[0]), *sentences])


def main(words: Sequence[str] | None = None) -> None:
    """Cross-validate what the command line says, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('folder', type=Path, metavar='FOLDER')
    parser.add_argument('--folds', type=int, default=5, help='default: %(default)s')
    parser.add_argument('--other', type=Path, metavar='FOLDER')
    parser.add_argument('--unfreeze', action='store_true')
    parser.add_argument('--model', default='mobilenet_v2', help='default: %(default)s')
    parser.add_argument('--weights', default='default', help='default or random')
    options = parser.parse_args(words)
    labels, photos = all_photos(options)
    ways = [Way('last layer', train_head, TrainOptions.epochs)]
    if options.unfreeze:
        ways.append(Way('whole network', fine_tune, FINE_TUNE_EPOCHS))
    chosen = TrainOptions(model=options.model, weights=options.weights)
    for data in folds(labels, photos, options.folds):
        for way in ways:
            run_fold(way, data, chosen)
    print(report(ways, labels.index(OTHER) if options.other else -1))


if __name__ == '__main__':
    main()
