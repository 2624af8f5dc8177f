# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
FILE.pth: the weights of a network (a state_dict), as training scripts save them.

Only tensors are unpickled: a file cannot run code.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
import io
from pathlib import Path, PosixPath
from typing import Any, TypeAlias

import torch
from torch import Tensor

from rpi_classifier.errors import WeightsError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.files.regular_file import read_regular_file
from rpi_classifier.models.file_kind import identify
from rpi_classifier.models.file_kinds import KINDS
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings, torch_reason
from rpi_classifier.wording import quote, shorten

# Tensors by name; a quantized linear layer's is a pair of weight and bias.
State: TypeAlias = 'dict[str, Any]'

_MOST_BYTES = 2 << 30
_SAVE = 'torch.save(network.state_dict(), FILE.pth)'
_SAVE_ONLY = f'save the weights alone: {_SAVE}'
# Beside tensors, what torchvision's and timm's scripts save of their options; no code runs.
_HARMLESS = [Namespace, PosixPath]
# Where training scripts put the weights beside the optimizer's.
_PLACES = ('state_dict', 'model_state_dict', 'model', 'net')
_RUNNABLE = ('.pt', '.onnx', '.pte')


@dataclass(frozen=True)
class Checkpoint:
    """
    The weights of a file: ``tensors`` on the CPU, by the names that they have there.

    ``note`` is a sentence if the file has the weights of other networks, too; else it is empty.
    """

    tensors: State
    note: str = ''


def read_checkpoint(path: Path) -> Checkpoint:
    """
    Read the weights of a file.

    :raises WeightsError: if it cannot be read, or holds something else.
    """
    data = read_regular_file(path, _MOST_BYTES, WeightsError)
    try:
        _require_weights(data)
        return _weights_in(_load(data))
    except WeightsError as error:
        raise WeightsError(f'weights {describe_path(path)}: {error}') from error


def _require_weights(data: bytes) -> None:
    """Refuse what is not a pickle of tensors, by its content, with what to do."""
    kind = identify(data)
    if kind.name.startswith(KINDS['module'].name):
        raise WeightsError(f'it is {kind.name}; in the script that has its class, {_SAVE_ONLY}')
    if kind == KINDS['safetensors']:
        raise WeightsError(
            'it has the format safetensors; in Python, run: '
            f'torch.save(safetensors.torch.load_file(FILE), FILE.pth), or {_SAVE_ONLY}'
        )
    if kind.suffix in _RUNNABLE and kind.suffix:
        raise WeightsError(
            f'it is {kind.name}, a network with its weights; name it with --model, without '
            '--architecture'
        )
    if kind != KINDS['state_dict']:
        raise WeightsError(f'it is {kind.name}, not the weights of a network; {_SAVE_ONLY}')


def _load(data: bytes) -> Any:
    # Of torch before 2.5, nothing but tensors passes.
    allowing: Any = getattr(torch.serialization, 'safe_globals', lambda _: nullcontext())
    try:
        with suppress_torch_warnings(), allowing(_HARMLESS):
            return torch.load(io.BytesIO(data), map_location='cpu', weights_only=True)
    except Exception as error:  # torch.load raises nearly everything
        raise WeightsError(
            f'torch does not load it as weights only ({shorten(_short(error))}); {_SAVE_ONLY}'
        ) from error


def _short(error: Exception) -> str:
    """Return what torch.load missed; around it are paragraphs about how to load it anyway."""
    lines = str(error).splitlines()
    named = [line for line in lines if 'Unsupported' in line or 'GLOBAL' in line]
    return named[0].strip().partition(' by default')[0] if named else torch_reason(error)


def _weights_in(content: Any) -> Checkpoint:
    """Return the tensors of a state_dict, or of a checkpoint that has one."""
    if not isinstance(content, Mapping):
        raise WeightsError(f'it holds a {type(content).__name__}, not a state_dict; {_SAVE_ONLY}')
    for place in _PLACES:
        if isinstance(content.get(place), Mapping):
            found = _weights_in(content[place])
            note = _tell_choice(place, [one for one in _states_in(content) if one != place])
            return Checkpoint(found.tensors, note or found.note)
    others = _states_in(content)
    if len(others) == 1 and not _has_tensors(content):
        return _weights_in(content[others[0]])
    weights = {str(key): value for key, value in content.items() if _is_weight(value)}
    if not _has_tensors(weights):
        names = ', '.join(quote(str(key)) for key in list(content)[:5]) or 'nothing'
        raise WeightsError(
            f'it has no tensors, but {names}; expected a state_dict, alone or under one of '
            f'{", ".join(_PLACES)}; {_SAVE_ONLY}'
        )
    return Checkpoint(weights)


def _states_in(content: Mapping[Any, Any]) -> list[Any]:
    """Return the keys under which a checkpoint has tensors by name."""
    return [key for key, one in content.items() if isinstance(one, Mapping) and _has_tensors(one)]


def _tell_choice(taken: str, others: list[Any]) -> str:
    if not others:
        return ''
    names = ', '.join(quote(str(key)) for key in others)
    return (
        f'the weights under {quote(taken)} were taken, not those under {names}; to have others, '
        'save them alone'
    )


def _has_tensors(content: Mapping[Any, Any]) -> bool:
    return any(isinstance(value, Tensor) for value in content.values())


def _is_weight(value: Any) -> bool:
    """Return True for a tensor, and for what int8 networks have beside: types, packed pairs."""
    pair = isinstance(value, tuple) and all(isinstance(one, Tensor | None) for one in value)
    return isinstance(value, Tensor | torch.dtype) or pair
