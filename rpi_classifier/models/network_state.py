# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the weights of a network say about it: its form, its classes, and whether they fit."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn, Tensor

from rpi_classifier.config.choices import suggest_choice
from rpi_classifier.errors import WeightsError
from rpi_classifier.models.architecture import float_network, head_name
from rpi_classifier.models.checkpoint import State
from rpi_classifier.models.efficientnet_lite import from_published
from rpi_classifier.models.plain_tensors import require_plain_tensors
from rpi_classifier.models.prefixes import find_prefixes, without_prefix
from rpi_classifier.models.zoo import MODELS
from rpi_classifier.wording import quote

FLOAT, PREPARED, INT8 = 'float', 'prepared', 'int8'  # prepared for quantization-aware training
_PACKED = '_packed_params._packed_params'
_OBSERVERS = ('activation_post_process.', 'weight_fake_quant.')
_AUXILIARY = ('aux1.', 'aux2.', 'AuxLogits.')  # heads that serve training only
_OPTIONAL = 'num_batches_tracked'  # torch before 0.4.1 did not save it
_SHOWN = 2
_LARGEST_OF_7_BITS = 180  # between 127 and 255 steps


@dataclass(frozen=True)
class NetworkState:
    """
    The weights of an architecture, by the architecture's own names.

    ``form`` is float, prepared or int8. A prepared one was trained ``by_channel`` if its weights
    have a scale per output channel, and with ``seven_bits`` if its activations have. ``note`` is a
    sentence about their file, or empty.
    """

    architecture: str
    form: str
    classes: int
    tensors: State
    by_channel: bool = False
    seven_bits: bool = False
    note: str = ''


def inspect_state(state: State, architecture: str) -> NetworkState:
    """
    Find out what weights are for.

    :param state: tensors as ``read_checkpoint`` returns them.
    :raises WeightsError: if they are not for the architecture, or for several networks.
    """
    if architecture == 'efficientnet_lite0' and '_conv_stem.weight' in state:
        state = from_published(state)
    head = head_name(architecture)
    own = {
        key: value
        for key, value in without_prefix(state, _choose_prefix(state, architecture)).items()
        if not key.startswith(_AUXILIARY)
    }
    require_plain_tensors(own)
    form = _form_of(own)
    last = own.get(f'{head}.{_PACKED if form == INT8 else "weight"}')
    weight = last[0] if isinstance(last, tuple) else last
    if not isinstance(weight, Tensor) or weight.dim() != 2:
        raise WeightsError(_explain_no_head(own, architecture, head))
    tensors = own if form == INT8 else {key: _as_float(value) for key, value in own.items()}
    return NetworkState(
        architecture,
        form,
        len(weight),
        tensors,
        by_channel=any(
            key.endswith('weight_fake_quant.scale') and value.numel() > 1
            for key, value in tensors.items()
        ),
        seven_bits=form == PREPARED and _observed_in_seven_bits(tensors),
    )


def load_state(network: nn.Module, state: NetworkState) -> None:
    """
    Load weights into a network of their form and number of classes.

    :raises WeightsError: if a tensor is missing, superfluous, of another shape, or not finite.
    """
    own: Any = network.state_dict()
    for key in own:
        if key.endswith(_OPTIONAL):
            state.tensors.setdefault(key, own[key])
    _compare(own, state)
    tensors: Any = OrderedDict(state.tensors)
    tensors._metadata = own._metadata  # versions of modules, which a plain dict does not have
    try:
        network.load_state_dict(tensors)
    except (RuntimeError, ValueError, TypeError, AttributeError, KeyError) as error:
        reason = (str(error).splitlines() or [''])[-1].strip()
        raise WeightsError(
            f'the {state.form} {state.architecture} does not take them ({reason}); train it as '
            'torchvision builds it, and save its state_dict'
        ) from error


def _choose_prefix(state: State, architecture: str) -> str:
    """
    Return the prefix of the network in a state that may have several.

    :raises WeightsError: if more than one may be meant.
    """
    found = find_prefixes(state, head_name(architecture))
    if len(found) > 1:
        fitting = [one for one in found if _fits(without_prefix(state, one), architecture)]
        found = fitting or found
    if len(found) > 1:
        names = ' and '.join(quote(f'{one}*') for one in found[:_SHOWN])
        raise WeightsError(
            f'they are those of {len(found)} networks, {names}; save the state_dict of one of '
            'them alone: torch.save(network.state_dict(), FILE.pth)'
        )
    return found[0] if found else ''


def _form_of(state: State) -> str:
    if any(isinstance(value, Tensor) and value.is_quantized for value in state.values()):
        return INT8
    return PREPARED if any(one in key for key in state for one in _OBSERVERS) else FLOAT


def _as_float(value: Any) -> Any:
    """Return half or double precision as the network's own."""
    return value.float() if isinstance(value, Tensor) and value.is_floating_point() else value


def _observed_in_seven_bits(state: State) -> bool:
    """
    Return True if activations were trained with half of the steps, as for engine fbgemm.

    :raises WeightsError: if no image ever passed the observers.
    """
    steps = []
    for key in state:
        if not key.endswith('activation_post_process.scale'):
            continue
        stem = key.removesuffix('scale') + 'activation_post_process.'
        low, high = state.get(f'{stem}min_val'), state.get(f'{stem}max_val')
        if low is not None and high is not None and low.numel() == 1 and low <= high:
            steps.append((high.clamp(min=0) - low.clamp(max=0)).item() / state[key].item())
    if not steps:
        raise WeightsError(
            'its fake quantization has seen no image, so the ranges of its activations are not '
            'known; train it after prepare_qat with observers enabled, or give the float '
            'state_dict and --photos'
        )
    return bool(sorted(steps)[len(steps) // 2] < _LARGEST_OF_7_BITS)


def _compare(own: State, state: NetworkState) -> None:
    """Compare names and shapes; those of observers grow with what they observe."""
    name, found = f'{state.form} {state.architecture}', state.tensors
    missing, more = sorted(own.keys() - found.keys()), sorted(found.keys() - own.keys())
    if missing or more:
        parts = [
            f'{len(keys)} {what} ({_listed(keys)})'
            for keys, what in ((missing, 'missing'), (more, 'too many'))
            if keys
        ]
        raise WeightsError(
            f'they are not those of the {name} with {state.classes} classes: {", ".join(parts)}; '
            f'{_advice(state)}'
        )
    for key, tensor in own.items():
        other = found[key]
        if any(one in key for one in _OBSERVERS) or not isinstance(tensor, Tensor):
            continue
        if not isinstance(other, Tensor):
            raise WeightsError(
                f'{key} is a {type(other).__name__}, not a tensor; {_advice(state)}'
            )
        if tensor.shape != other.shape:
            raise WeightsError(
                f'{key} of the {name} has shape {list(tensor.shape)}, but in the file '
                f'{list(other.shape)}; {_advice(state)}'
            )
        if other.is_floating_point() and not other.isfinite().all():
            raise WeightsError(
                f'{key} has a value that is not finite; train again, with a lower learning rate'
            )


def _listed(keys: list[str]) -> str:
    return ', '.join(keys[:_SHOWN]) + (', ...' if len(keys) > _SHOWN else '')


def _advice(state: NetworkState) -> str:
    fitting = _fitting_architecture(state)
    if fitting and fitting != state.architecture:
        return f'they are those of {fitting}: give --architecture {fitting}'
    if state.form != FLOAT:
        return (
            'fuse and prepare the network as torchvision does (fuse_model, then prepare_qat), or '
            'give the float state_dict and --photos'
        )
    return (
        f'build the network as torchvision.models.{state.architecture}(num_classes=...), or '
        'export your own by torch.jit.trace and pack it with --model'
    )


def _explain_no_head(state: State, architecture: str, head: str) -> str:
    found = NetworkState(architecture, _form_of(state), 0, state)
    near = suggest_choice(f'{head}.weight', [key for key in state if key.endswith('weight')])
    return (
        f'{architecture} ends in {head}.weight of [classes, features], which is not there{near}; '
        f'{_advice(found)}'
    )


def _fitting_architecture(state: NetworkState) -> str:
    """Return the architecture whose layers, but for the last, a float state has; or empty."""
    if state.form != FLOAT:
        return ''
    for name in MODELS:
        prefixes = find_prefixes(state.tensors, head_name(name)) or ['']
        if any(_fits(without_prefix(state.tensors, one), name) for one in prefixes):
            return name
    return ''


def _fits(tensors: State, architecture: str) -> bool:
    """Return True if a float state has all layers of an architecture but for the last."""
    with torch.device('meta'):
        theirs = _shapes(float_network(architecture, 1).state_dict())
    own, head = _shapes(tensors), head_name(architecture)
    return all(own.get(key) == theirs[key] for key in theirs if not key.startswith(head))


def _shapes(state: State) -> dict[str, list[int]]:
    return {
        key: list(value.shape)
        for key, value in state.items()
        if isinstance(value, Tensor) and not key.endswith(_OPTIONAL)
    }
