# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A network with all that belongs to it, before and after it is made ready to run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rpi_classifier.input_spec import Transform
from rpi_classifier.models.output_kind import LOGITS
from rpi_classifier.runtime.base import Runtime

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Model:
    """
    A network of torch, either int8 and packed for one engine, or float.

    ``weights_backend`` is the engine for whose range of values it was trained. ``caution`` says
    what is odd about its weights. ``region`` is the part of an image that it was trained on, as
    the parameter of that name; empty: the whole image.
    """

    name: str
    network: nn.Module
    transform: Transform
    labels: tuple[str, ...]
    weights_backend: str
    caution: str = ''
    region: str = ''


@dataclass(frozen=True)
class LoadedModel:
    """
    A model that is ready to run.

    ``sha256`` is the digest of its file, if it has one. ``output_kind`` says what the runtime
    returns: logits, probabilities or sigmoid. ``temperature`` calibrates the probabilities that
    are made of it; 1 leaves them as they are. ``region`` is as in ``Model``.
    """

    name: str
    runtime: Runtime
    transform: Transform
    labels: tuple[str, ...]
    weights_backend: str = 'unknown'
    sha256: str = ''
    output_kind: str = LOGITS
    temperature: float = 1.0
    region: str = ''
