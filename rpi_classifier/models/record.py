# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The record in an exported file: what the model says about itself, as JSON.

Format 1, of version 0.1, calls the field ``weights_backend`` ``trained_for``. Format 2 has
further ones: ``output_kind``, without which networks return logits, ``caution``,
``temperature``, ``usual_spread``, ``region``, and ``foreign``, ``output`` and ``jit`` for networks
that others made.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.models.bounded_json import parse_bounded_json
from rpi_classifier.models.json_checks import shown
from rpi_classifier.models.metadata_schema import validated
from rpi_classifier.models.output_kind import LOGITS

FORMAT = 2
MOST_RECORD_BYTES = 32 << 20
_FORMER_NAMES = {1: {'trained_for': 'weights_backend'}, FORMAT: {}}
_EXPORT = 'export it with export_model'


@dataclass(frozen=True)
class ModelMetadata:
    """
    Everything that a network needs beside its weights.

    ``quantization`` describes the input, None means float32. ``answers`` are the logits for the
    images of the known-answer check, under ``engine``. ``weights_backend`` is the engine for whose
    range of values the network was trained. ``exact_products`` is True if the weights would
    overflow on x86 processors without VNNI. ``network_sha256`` is the digest of everything in the
    file except the record. ``output_kind`` says what the network returns: logits, probabilities
    or sigmoid. ``caution`` is a sentence about what the export made worse, if anything.
    Probabilities are the softmax of logits divided by ``temperature``, which calibrates them.
    ``usual_spread`` is a low estimate of the norm of logits about their mean, 0 if it is unknown;
    the known-answer check needs it for networks with few classes. ``region`` is the part of an
    image that the network was trained on, as the parameter of that name; empty: the whole image.

    ``foreign`` is True for a network that others made and export_model only packed: nothing is
    known about its layers, so it runs as without a record. ``output`` are the keys and positions
    that lead to its scores, for ONNX the name of the output. TorchScript compiles it if ``jit``.
    """

    name: str
    labels: tuple[str, ...]
    transform: Transform
    quantization: Quantization | None
    engine: str
    weights_backend: str
    exact_products: bool
    answers: tuple[NDArray[np.float32], ...]
    versions: dict[str, str] = field(default_factory=dict)
    network_sha256: str = ''
    output_kind: str = LOGITS
    caution: str = ''
    temperature: float = 1.0
    usual_spread: float = 0.0
    region: str = ''
    foreign: bool = False
    output: tuple[str | int, ...] = ()
    jit: bool = True


def metadata_to_json(metadata: ModelMetadata) -> str:
    """Return a record, with a digest over all that it says."""
    content = {**asdict(metadata), 'format': FORMAT}
    content['answers'] = [[float(value) for value in answer] for answer in metadata.answers]
    return json.dumps({**content, 'digest': _digest(content)}, indent=1)


def metadata_from_json(text: str | bytes, path: Path) -> ModelMetadata:
    """
    Read a record of this format or an older one.

    :param path: the file that holds it, for errors.
    :raises ModelError: if it is damaged, changed, of a newer format, or out of its ranges.
    """
    try:
        content = parse_bounded_json(text.decode() if isinstance(text, bytes) else text)
        digest, written = content.pop('digest'), content['format']
        if written not in _FORMER_NAMES:
            raise ModelError(
                f'model {path} has format {shown(written)}, but this version reads only up to '
                f'{FORMAT}; {_EXPORT} of this version, or update rpi_classifier'
            )
        if digest != _digest(content):
            raise ModelError(
                f'model {path}: labels or other parts of its record were changed, their digest '
                f'is not {digest[:12]}...; {_EXPORT} again'
            )
        del content['format']
        for former, name in _FORMER_NAMES[written].items():
            content[name] = content.pop(former)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f'model {path}: its record is unreadable ({type(error).__name__}: {error}); '
            f'{_EXPORT} again'
        ) from error
    return ModelMetadata(**validated(content, f'model {path}'))


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
