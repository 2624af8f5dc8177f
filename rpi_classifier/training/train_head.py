# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Own classes in minutes: the int8 network stays as it is, and only its last layer is replaced.

The new layer is trained on what the quantized network sees, so it compensates for quantization;
only its own weights are quantized afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from rpi_classifier.collect.class_folders import shorten_list
from rpi_classifier.errors import DataSetError
from rpi_classifier.models.model import Model
from rpi_classifier.models.zoo import build_model
from rpi_classifier.training.choose_penalty import choose_penalty, Penalty
from rpi_classifier.training.data_set import DataSet
from rpi_classifier.training.features import feature_extractor, Features, read_features
from rpi_classifier.training.last_layer import set_head
from rpi_classifier.training.monitor import Monitor
from rpi_classifier.training.softmax_regression import (
    balanced_samples,
    fit_head,
    Head,
    untrained_head,
)
from rpi_classifier.training.train_options import TrainOptions

_EPOCHS_AFTER_STOP = 30  # enough for nearly the same classes


@dataclass(frozen=True)
class Trained:
    """
    A trained network, and what is known before it is a file.

    ``right`` of ``photos`` for validation have their class before ``last_step``, which may lose
    some. ``how`` says in a phrase what was done.
    """

    model: Model
    right: int
    photos: int
    how: str
    last_step: str = 'its last layer was quantized'


def train_head(data: DataSet, options: TrainOptions, monitor: Monitor) -> Trained:
    """
    Train a last layer for own classes.

    :raises DataSetError: if no photo of a class can be read.
    :raises KeyboardInterrupt: if the user stops it before there is a photo of each class; it says
        so.
    :raises ModelError: if the network cannot be built, or has no last layer to replace.
    """
    model = build_model(options.model, options.weights)
    with feature_extractor(model) as extractor:
        with monitor.bar(len(data.train) + len(data.val)) as advance:
            train = read_features(extractor, data.train, options, monitor, advance)
            _require_all_classes(train, data.labels, monitor.stopped())
            plain, patient = replace(options, views=0), replace(monitor, stopped=bool)
            val = read_features(extractor, data.val, plain, patient, advance)
        head, penalty = _fit(train, len(data.labels), options.epochs, monitor)
        weight, bias = head.for_real_features(extractor.scale, extractor.zero_point)
    logits = head.logits(torch.from_numpy(train.steps.reshape(-1, extractor.inputs)))
    set_head(model.network, weight, bias, (float(logits.min()), float(logits.max())))
    answers = head.logits(torch.from_numpy(val.steps[:, 0])).argmax(dim=1).numpy()
    return Trained(
        replace(model, name=options.name, labels=data.labels, region=data.region),
        right=int((answers == val.labels).sum()),
        photos=len(val.labels),
        how=_describe(train, val, options, penalty),
    )


def _require_all_classes(train: Features, labels: tuple[str, ...], stopped: bool) -> None:
    missing = [label for number, label in enumerate(labels) if number not in train.labels]
    if missing and stopped:
        raise KeyboardInterrupt(
            f'nothing is written, because no photo of {shorten_list(missing)} was read before'
        )
    if missing:
        raise DataSetError(
            f'no photo to train on can be read of {shorten_list(missing)}; the reasons are told '
            'above: replace these photos, or delete the folder of the class'
        )


def _fit(train: Features, classes: int, epochs: int, monitor: Monitor) -> tuple[Head, Penalty]:
    penalty = choose_penalty(
        train.steps, train.labels, classes, epochs=epochs, stopped=monitor.stopped
    )
    samples = balanced_samples(train.steps, train.labels, classes)
    start = untrained_head(samples)
    stopped = monitor.stopped
    if stopped():
        epochs, stopped = min(epochs, _EPOCHS_AFTER_STOP), bool
    return fit_head(samples, start, penalty.value, epochs=epochs, stopped=stopped), penalty


def _describe(train: Features, val: Features, options: TrainOptions, penalty: Penalty) -> str:
    photos = len(train.labels) + len(val.labels)
    runs = len(train.labels) * (1 + options.views) + len(val.labels)
    return (
        f'trained on {len(train.labels)} photos and {options.views} views of each, '
        f'{runs / photos:.1f} passes over all photos; L2 penalty {penalty.value:g} {penalty.how}'
    )
