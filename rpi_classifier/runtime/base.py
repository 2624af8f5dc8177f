# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What every runtime offers to the classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.input_spec import InputMemory, Quantization

Logits = NDArray[np.float32]


@dataclass(frozen=True)
class RuntimeInfo:
    """
    How the model runs, for people and diagnostics.

    ``mode`` says how the network became code: ``jit``, ``eager``, or ``exported`` if it was
    compiled before it was loaded. ``kernels`` names the library that computes, ``kernels_reason``
    says why it was chosen, if there was a choice. ``caution`` says what this arrangement does
    worse than another. ``output`` says what the network returns and how that is known, ``weights``
    of which types its weights are; both are empty where a record or the zoo tells.
    """

    runtime: str
    engine: str
    mode: str
    known_answer: str
    caution: str = ''
    kernels: str = ''
    kernels_reason: str = ''
    output: str = ''
    weights: str = ''

    @property
    def jit(self) -> bool:
        """Return True if TorchScript compiled the network."""
        return self.mode == 'jit'


class Runtime(Protocol):
    """
    A loaded network with one fixed input size, for one thread at a time.

    ``buffer`` is the memory of the input, [size, size, 3] in RGB order. Its type is that of
    ``quantization``, or float32 if that is None. ``default_threads`` is the number of threads that
    0 stands for.
    """

    info: RuntimeInfo
    default_threads: int
    buffer: InputMemory
    quantization: Quantization | None

    def run(self) -> Logits:
        """Return the logits of what lies in ``buffer``, [classes]; valid until the next run."""

    def set_num_threads(self, num_threads: int) -> None:
        """Set the number of threads; 0 restores the default. Call it on the inference thread."""
