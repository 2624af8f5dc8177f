# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The ways to run a network, one file each, behind one small protocol.

Only here and in the zoo is torch imported.
"""

from __future__ import annotations

from dataclasses import dataclass
import os
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.input_spec import InputMemory, Quantization, Transform

# Read once, when torch loads GNU's OpenMP. Its threads wait for each other a hundred times a
# frame. If they sleep at once, waking them takes as long as the work; if they spin for long, as by
# default, they take the time of the thread that they wait for on a busy machine. A thousand turns,
# some microseconds, do for both.
if 'OMP_WAIT_POLICY' not in os.environ:
    os.environ.setdefault('GOMP_SPINCOUNT', '1000')


@dataclass(frozen=True)
class RuntimeInfo:
    """
    What runs the model, for people and diagnostics.

    ``caution``: what it does not do well. ``kernels``: whose code computes;
    ``kernels_reason``: why, where there was a choice.
    """

    runtime: str
    engine: str
    jit: bool
    known_answer: str
    caution: str = ''
    kernels: str = ''
    kernels_reason: str = ''

    @property
    def mode(self) -> str:
        """Return how the network became code: jit, eager, or exported (before it was loaded)."""
        if self.runtime == 'executorch':
            return 'exported'
        return 'jit' if self.jit else 'eager'


class Runtime(Protocol):
    """
    A loaded network of one fixed input size.

    ``buffer`` is the memory of its input, [size, size, 3] in RGB order; of the type of
    ``quantization`` if that is set, else float32. ``run`` infers from what lies in it. One thread
    at a time. ``default_threads`` is what 0 threads means.
    """

    info: RuntimeInfo
    default_threads: int
    buffer: InputMemory
    quantization: Quantization | None

    def run(self) -> NDArray[np.float32]:
        """Return the logits, [classes] float32; valid until the next run."""

    def top(self, k: int) -> tuple[list[int], list[float]]:
        """Return the k best classes of the last run, best first, and their probabilities."""

    def set_num_threads(self, num_threads: int) -> None:
        """Use that many threads from now on, 0: the default; called on the inferring thread."""


@dataclass(frozen=True)
class Loaded:
    """A model from a file, ready to run."""

    name: str
    runtime: Runtime
    transform: Transform
    labels: tuple[str, ...]
    trained_for: str = 'unknown'
    sha256: str = ''  # of the file
