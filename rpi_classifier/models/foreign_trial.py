# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a TorchScript file of others did in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Transform
from rpi_classifier.models.outputs import OutputChoice
from rpi_classifier.probes.run_probe import ProbeResult, run_probe

_LIMIT_S = 300.0  # a Raspberry Pi takes half a minute to import torch and load a large network


@dataclass(frozen=True)
class ForeignTrial:
    """
    How a network behaves.

    ``answers`` are its scores for the known images as it was saved, ``more_answers`` those for
    other images, ``last_operation`` the one that makes them. ``why_not_compiled`` is empty if the
    network survived being frozen.
    """

    output: OutputChoice
    answers: tuple[NDArray[np.float32], ...]
    more_answers: tuple[NDArray[np.float32], ...]
    last_operation: str
    why_not_compiled: str

    @property
    def constant(self) -> bool:
        """Return True if the network answers the same to different images."""
        return np.array_equal(self.answers[0], self.answers[1])


def try_foreign(
    path: Path,
    sha256: str,
    transform: Transform,
    *,
    engine: str,
    reference_engine: str,
    classes: int,
) -> ForeignTrial:
    """
    Run a file as it is, then compiled, in a process of its own.

    :param sha256: of the file that was checked here.
    :param reference_engine: the engine on which it runs as it is.
    :param classes: the number of labels.
    :raises ModelError: without the file's name, if what it answers cannot be used.
    :raises RuntimeError: as torch or the network raises it, or if the process dies.
    """
    request = {
        'model': str(path),
        'sha256': sha256,
        'size': transform.size,
        'resize': transform.resize,
        'mean': transform.mean,
        'std': transform.std,
        'engine': engine,
        'reference_engine': reference_engine,
        'classes': classes,
        'parent': os.getpid(),
    }
    module = 'rpi_classifier.probes.foreign_model_probe'
    return _judge(run_probe('-m', module, json.dumps(request), limit_s=_LIMIT_S))


def _judge(result: ProbeResult) -> ForeignTrial:
    values = result.values
    if 'refusal' in values:
        raise ModelError(str(values['refusal']))
    if 'answers' not in values:
        does = 'runs' if values.get('loaded') else 'is loaded'
        died = f'the process in which it {does} {result.failure or "ends without a word"}'
        raise RuntimeError(values.get('raised', died))
    why = values.get('reason', '') or (f'torch {result.failure}' if result.failure else '')
    return ForeignTrial(
        OutputChoice(tuple(values['path']), values['classes']),
        _arrays(values['answers']),
        _arrays(values['more_answers']),
        values['last_operation'],
        '' if values.get('compiled') else why,
    )


def _arrays(answers: Sequence[Any]) -> tuple[NDArray[np.float32], ...]:
    return tuple(np.array(answer, np.float32) for answer in answers)
