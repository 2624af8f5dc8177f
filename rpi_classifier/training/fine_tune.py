# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Own classes by training the whole network further, with its quantization in the training.

It begins with the last layer that was trained on the network as it is, which is also the first
candidate: what comes later has to be better on the photos for validation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
import copy
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn, Tensor
from torch.nn.functional import cross_entropy

from rpi_classifier.errors import WeightsError
from rpi_classifier.models.architecture import ENGINE
from rpi_classifier.models.float_start import float_from_int8, published_float
from rpi_classifier.models.zoo import get_spec
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings
from rpi_classifier.runtime.torchscript import set_torch_threads
from rpi_classifier.training.batches import Batches, readable
from rpi_classifier.training.data_set import DataSet
from rpi_classifier.training.fake_quantization import FakeQuantized
from rpi_classifier.training.labeled_photo import LabeledPhoto
from rpi_classifier.training.monitor import Monitor
from rpi_classifier.training.train_head import train_head, Trained
from rpi_classifier.training.train_options import TrainOptions

_RATE, _RATE_OF_HEAD = 2e-5, 2e-4
_PATIENCE = 4  # epochs that bring nothing
_OBSERVED = 0.5  # part of the epochs after which the ranges of activations stay
_MOST_OBSERVED = 100  # photos


def fine_tune(data: DataSet, options: TrainOptions, monitor: Monitor) -> Trained:
    """
    Train all layers for own classes, with fake quantization.

    If the user stops it, the best so far counts. Without photos for validation it ends after
    ``options.epochs``, with what there is then.

    :raises DataSetError: if no photo of a class can be read.
    :raises KeyboardInterrupt: if the user stops it before there is a photo of each class.
    :raises ModelError: if the network cannot be built, or has no last layer to replace.
    """
    frozen = train_head(data, replace(options, epochs=TrainOptions.epochs), monitor)
    if monitor.stopped():
        return frozen
    transform = frozen.model.transform
    network, relu6, origin = _start(frozen, options, len(data.labels), monitor)
    train = Batches(readable(data.train), transform, options)
    val = Batches(readable(data.val), transform, options)
    set_torch_threads(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        seen = torch.cat([images for images, _ in train.plain(_MOST_OBSERVED)])
        tuned = FakeQuantized(network, relu6, seen)
        best = _train(tuned, train, val, options, monitor, len(data.labels))
    right = _judge(tuned.network, val).right
    return Trained(
        replace(frozen.model, network=tuned.convert(), weights_backend=ENGINE),
        right=right,
        photos=len(val.photos),
        how=f'fine-tuned {origin}, {_describe(best, options.epochs, val, frozen)}',
        last_step='it was converted to int8',
    )


def _describe(best: int, epochs: int, val: Batches, frozen: Trained) -> str:
    if not val.photos:
        return (
            f'{best} of {epochs} epochs; no photo was left for validation, so it is not known '
            'whether that is better than only a new last layer'
        )
    return (
        f'best after {best} of at most {epochs} epochs; with only a new last layer, '
        f'{frozen.right} of {frozen.photos} were right'
    )


@dataclass(frozen=True)
class _Judgement:
    """The loss over photos, and how many are right."""

    loss: float
    right: int


def _start(
    frozen: Trained, options: TrainOptions, classes: int, monitor: Monitor
) -> tuple[nn.Module, bool, str]:
    """Return the float network, whether its activations end at six, and where it comes from."""
    int8, name = frozen.model.network, options.model
    if options.weights == 'default':
        try:
            network, relu6 = published_float(int8, name, classes)
            return network, relu6, 'from the published float weights'
        except WeightsError as error:
            monitor.tell(f'begins with the int8 weights as floats, because {error}')
    ends_at_six = not get_spec(name).url  # EfficientNet-Lite0's int8 form, too
    return float_from_int8(int8, name, classes), ends_at_six, 'from the int8 weights'


def _train(
    tuned: FakeQuantized,
    train: Batches,
    val: Batches,
    options: TrainOptions,
    monitor: Monitor,
    classes: int,
) -> int:
    """Train, leave the best weights in the network, and return after which epoch they came."""
    network, weights = tuned.network, _class_weights(train.photos, classes)
    optimizer = _optimizer(network)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs)
    best, kept = 0, copy.deepcopy(network.state_dict())
    loss = _judge(network, val).loss
    with monitor.bar(options.epochs * len(train)) as advance:
        for epoch in range(1, options.epochs + 1):
            if epoch > _OBSERVED * options.epochs:
                tuned.freeze_ranges()
            if not _pass(network, train.varied(epoch), optimizer, weights, monitor, advance):
                break
            schedule.step()
            found = _judge(network, val)
            if not val.photos or found.loss < loss:
                best, loss, kept = epoch, found.loss, copy.deepcopy(network.state_dict())
            elif epoch - best >= _PATIENCE:
                break
    network.load_state_dict(kept)
    return best


def _pass(
    network: nn.Module,
    batches: Iterator[tuple[Tensor, Tensor]],
    optimizer: torch.optim.Optimizer,
    weights: Tensor,
    monitor: Monitor,
    advance: Callable[[str], Any],
) -> bool:
    """Pass over the photos once; False if the user stopped it on the way."""
    network.train()
    for images, labels in batches:
        if monitor.stopped():
            return False
        optimizer.zero_grad()
        loss = cross_entropy(network(images), labels, weight=weights)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        advance(f'loss {loss.item():.2f}')
    return True


def _judge(network: nn.Module, val: Batches) -> _Judgement:
    """Judge a network, in eval mode from then on, by photos; the loss is their mean."""
    network.eval()
    total, right = 0.0, 0
    with torch.no_grad(), suppress_torch_warnings():
        for images, labels in val.plain():
            logits = network(images)
            total += cross_entropy(logits, labels, reduction='sum').item()
            right += int((logits.argmax(1) == labels).sum())
    return _Judgement(total / max(len(val.photos), 1), right)


def _optimizer(network: nn.Module) -> torch.optim.Optimizer:
    """Return one that moves the last layer faster than the others."""
    head = [module for module in network.modules() if isinstance(module, nn.Linear)][-1]
    own = set(head.parameters())
    others = [parameter for parameter in network.parameters() if parameter not in own]
    return torch.optim.AdamW(
        [{'params': others, 'lr': _RATE}, {'params': list(own), 'lr': _RATE_OF_HEAD}]
    )


def _class_weights(photos: Sequence[LabeledPhoto], classes: int) -> Tensor:
    """Weigh photos so that every class counts the same, [classes]."""
    counts = Counter(photo.label for photo in photos)
    return torch.tensor([len(photos) / (classes * counts[n]) for n in range(classes)])
