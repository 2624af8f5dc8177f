# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From weights that others trained in an architecture of the zoo to an int8 model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

import torch
from torch import nn, Tensor
from torch.ao.quantization import (
    convert,
    disable_observer,
    get_default_qat_qconfig,
    QConfig,
)

from rpi_classifier.errors import ConfigError, WeightsError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.input_spec import Transform
from rpi_classifier.models.agreement import Agreement
from rpi_classifier.models.architecture import (
    ENGINE,
    float_network,
    fused_network,
    int8_network,
    prepared_network,
    single_output,
)
from rpi_classifier.models.checkpoint import read_checkpoint
from rpi_classifier.models.float_forms import choose_form, float_forms
from rpi_classifier.models.labels import check_labels
from rpi_classifier.models.model import Model
from rpi_classifier.models.network_state import (
    FLOAT,
    inspect_state,
    INT8,
    load_state,
    NetworkState,
)
from rpi_classifier.models.post_training import (
    batched_logits,
    calibrated_qconfig,
    quantize_calibrated,
)
from rpi_classifier.photos import choose_evenly
from rpi_classifier.runtime import torch_releases
from rpi_classifier.runtime.preprocess import Preprocessor
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings, torch_reason

# The network, its input, notes, and its agreement with what it was made of.
_Built: TypeAlias = 'tuple[nn.Module, Transform, list[str], Agreement | None]'

_MOST_PHOTOS = 200  # on more the ranges change little
_FEW_PHOTOS = 20


@dataclass(frozen=True)
class OwnNetwork:
    """
    Weights of an architecture of the zoo, and what belongs to them.

    ``photos`` are those to calibrate on and to compare with; ``truths`` are their classes, if they
    are known.
    """

    architecture: str
    weights: Path
    labels: tuple[str, ...]
    transform: Transform
    photos: tuple[Path, ...] = ()
    truths: tuple[int, ...] = ()


@dataclass(frozen=True)
class OwnModel:
    """
    An int8 model of one's own, packed for qnnpack.

    ``notes`` are sentences about how it was made. ``agreement`` compares it with what it was made
    of, on the photos; None if there are none, or it was int8 before.
    """

    model: Model
    notes: tuple[str, ...] = ()
    agreement: Agreement | None = None


def build_own_model(own: OwnNetwork) -> OwnModel:
    """
    Build the int8 model of float, prepared or int8 weights.

    :raises ModelError: if the weights or the labels are not for the architecture.
    :raises ConfigError: if photos are needed and there are none.
    :raises ImageError: if a photo cannot be read.
    """
    torch_releases.require_torch()
    state = inspect_own_weights(own)
    try:
        build = {FLOAT: _from_float, INT8: _from_int8}.get(state.form, _from_prepared)
        with _explained(own.architecture):
            network, transform, notes, agreement = build(own, state)
    except WeightsError as error:
        raise WeightsError(f'weights {describe_path(own.weights)}: {error}') from error
    backend = 'fbgemm' if state.seven_bits else ENGINE
    model = Model(own.architecture, network, transform, own.labels, backend)
    return OwnModel(model, tuple(filter(None, [state.note, *notes])), agreement)


def inspect_own_weights(own: OwnNetwork) -> NetworkState:
    """
    Read the weights, and compare their classes with the labels.

    :raises ModelError: if they are not for the architecture, or the labels not for them.
    :raises ConfigError: if they need photos and there are none.
    """
    checkpoint = read_checkpoint(own.weights)
    try:
        state = inspect_state(checkpoint.tensors, own.architecture)
    except WeightsError as error:
        raise WeightsError(f'weights {describe_path(own.weights)}: {error}') from error
    check_labels(own.labels, state.classes)
    if state.form == FLOAT and not own.photos:
        raise ConfigError(
            f'photos: {describe_path(own.weights)} has float weights, whose activations must be '
            'measured; give --photos FOLDER, best that with the photos of the training'
        )
    return replace(state, note=checkpoint.note)


def load_inputs(photos: Sequence[Path], transform: Transform) -> Tensor:
    """
    Read photos as a network's input.

    :returns: [N, 3, size, size] float32, channels last.
    :raises ImageError: if one cannot be read.
    """
    prepare = Preprocessor(transform)
    memory = torch.zeros(len(photos), transform.size, transform.size, 3)
    for row, path in zip(memory, photos):
        prepare(read_image_file(path), row.numpy())
    return memory.permute(0, 3, 1, 2)


def _from_float(own: OwnNetwork, state: NetworkState) -> _Built:
    network = float_network(own.architecture, state.classes)
    load_state(network, state)
    network = fused_network(own.architecture, network)
    chosen = _evenly(own)
    form, images, notes = choose_form(
        network,
        float_forms(own.architecture, own.transform),
        partial(load_inputs, chosen.photos),
        chosen.truths,
    )
    reference = _finite_logits(network, images)
    network = quantize_calibrated(network, images)
    if len(images) < _FEW_PHOTOS:
        notes.append(f'only {len(images)} photos to calibrate on; some hundred are better')
    found = Agreement.between(batched_logits(network, images), reference, chosen.truths)
    return network, form.transform, notes, found


def _from_prepared(own: OwnNetwork, state: NetworkState) -> _Built:
    network = prepared_network(own.architecture, state.classes, _trained_qconfig(state))
    load_state(network, state)
    network = single_output(own.architecture, network)
    chosen, reference = _evenly(own), None
    images = load_inputs(chosen.photos, own.transform)
    if chosen.photos:
        reference = _finite_logits(network.apply(disable_observer), images)
    torch.backends.quantized.engine = ENGINE
    with torch.no_grad(), suppress_torch_warnings():
        network = convert(network, inplace=True)
    if reference is None:
        return _tried(network, own.transform), own.transform, [], None
    found = Agreement.between(batched_logits(network, images), reference, chosen.truths)
    return network, own.transform, [], found


def _from_int8(own: OwnNetwork, state: NetworkState) -> _Built:
    network = int8_network(own.architecture, state.classes, calibrated_qconfig())
    with suppress_torch_warnings():
        load_state(network, state)
    notes = ['the weights are int8 already: the photos were not used'] if own.photos else []
    network = single_output(own.architecture, network)
    return _tried(network, own.transform), own.transform, notes, None


def _finite_logits(network: nn.Module, images: Tensor) -> Tensor:
    """
    Return the logits of a network that is not int8 yet, [N, classes].

    :raises WeightsError: if one is not finite.
    """
    logits = batched_logits(network, images)
    if not logits.isfinite().all():
        raise WeightsError(
            'the network has answers to the photos that are not finite, because its weights are '
            'too large or a running_var is below 0; train again, with a lower learning rate'
        )
    return logits


def _tried(network: nn.Module, transform: Transform) -> nn.Module:
    """Return an int8 network after it has run once, so that torch has checked its scales."""
    batched_logits(network, torch.zeros(1, 3, transform.size, transform.size))
    return network


@contextmanager
def _explained(architecture: str) -> Iterator[None]:
    """
    Turn what torch raises while it quantizes into a sentence.

    :raises WeightsError: in its place.
    """
    try:
        yield
    except RuntimeError as error:  # NotImplementedError is one
        raise WeightsError(
            f'{architecture} with them does not work in int8 ({torch_reason(error)}); its '
            'activations may be too large, or differ too much; train again, with a lower '
            'learning rate'
        ) from error


def _trained_qconfig(state: NetworkState) -> QConfig:
    """Return the configuration that weights were prepared with, as far as converting needs it."""
    ranges = get_default_qat_qconfig('fbgemm' if state.seven_bits else 'qnnpack')
    weights = get_default_qat_qconfig('fbgemm' if state.by_channel else 'qnnpack')
    return QConfig(activation=ranges.activation, weight=weights.weight)


def _evenly(own: OwnNetwork) -> OwnNetwork:
    """Keep a few hundred of the photos, so that every class has its share."""
    photos = tuple(choose_evenly(own.photos, _MOST_PHOTOS))
    return replace(own, photos=photos, truths=tuple(choose_evenly(own.truths, _MOST_PHOTOS)))
