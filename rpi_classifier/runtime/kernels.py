# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Kernels of engine qnnpack: its own, or XNNPACK's, which may be faster on ARM.

Torch uses XNNPACK's for activations in qint8, if it was built with them. A trial shows whether
this torch has them and whether they compute the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import platform
from typing import TypeAlias

import numpy as np
import torch
from torch import nn

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization
from rpi_classifier.runtime.base import Logits
from rpi_classifier.runtime.known_answer import check_known_answers
from rpi_classifier.runtime.qint8 import signed, to_qint8, to_quint8
from rpi_classifier.runtime.torch_warnings import torch_reason
from rpi_classifier.runtime.usual_spread import find_usual_spread

# Runs the network, as it is then, on an input of that quantization: its logits for the known
# images, and nanoseconds per run.
Trial: TypeAlias = 'Callable[[Quantization | None], tuple[list[Logits], int]]'


@dataclass(frozen=True)
class KernelChoice:
    """The kernels to use, why (empty if there was no choice), and the input they expect."""

    kernels: str
    reason: str
    quantization: Quantization | None


def choose_kernels(
    network: nn.Module,
    quantization: Quantization | None,
    trial: Trial,
    *,
    wanted: str,
    engine: str,
) -> KernelChoice:
    """
    Rewrite a network for XNNPACK's kernels if they are wanted and work.

    Which kernels are faster depends on the processor, so ``auto`` times both.

    :param network: packed for ``engine``, not compiled; changed in place.
    :param quantization: of its input; None for float32.
    :param wanted: auto, qnnpack or xnnpack.
    :raises ModelError: if XNNPACK's are asked for and do not work.
    """
    if not wants_xnnpack(wanted, engine):
        return KernelChoice(engine, '', quantization)
    if quantization is None:
        return _without_xnnpack(wanted, ModelError('the network has a float input'), None)
    references, plain_ns = trial(quantization)
    try:
        to_qint8(network)
    except ModelError as error:
        return _without_xnnpack(wanted, error, quantization)
    try:
        answers, ns = trial(signed(quantization))
        verdict = compare_logits(answers, references, find_usual_spread(network))
    except (RuntimeError, ModelError) as error:
        to_quint8(network)
        return _without_xnnpack(wanted, error, quantization)
    share = ns / plain_ns
    if wanted == 'auto' and share > 1:
        to_quint8(network)
        reason = f"XNNPACK's take {share:.2f} of their time on this processor"
        return KernelChoice('qnnpack', reason, quantization)
    reason = f"{verdict}, {share:.2f} of the time of qnnpack's"
    return KernelChoice('xnnpack', reason, signed(quantization))


def wants_xnnpack(kernels: str, engine: str) -> bool:
    """
    Return True if XNNPACK's kernels are to be tried.

    :param kernels: as in the config; ``auto`` tries them on ARM only, other builds of torch lack
        them.
    :param engine: the one that the network runs on.
    :raises ModelError: if the engine has no choice of kernels and one was made.
    """
    if engine == 'qnnpack':
        arm = platform.machine().lower() in ('aarch64', 'arm64')
        return kernels == 'xnnpack' or (kernels == 'auto' and arm)
    if kernels != 'auto':
        raise ModelError(
            f'kernels: {kernels!r} are of engine qnnpack, but the engine here is {engine}; set '
            'engine: qnnpack, or kernels: auto'
        )
    return False


def compare_logits(
    answers: Sequence[Logits], references: Sequence[Logits], usual_spread: float = 0.0
) -> str:
    """
    Compare the logits of XNNPACK's kernels with those of qnnpack's.

    :param usual_spread: of the network's logits, if it is known.
    :returns: one phrase.
    :raises ModelError: if they differ by more than the known-answer check allows.
    """
    if all(np.array_equal(*pair) for pair in zip(answers, references)):
        return "logits bit-equal to qnnpack's"
    verdict = check_known_answers(answers, references, usual_spread=usual_spread)
    return f'known answer against qnnpack {verdict}'


def _without_xnnpack(
    wanted: str, error: Exception, quantization: Quantization | None
) -> KernelChoice:
    why = f'XNNPACK does not run this model on torch {torch.__version__}: {torch_reason(error)}'
    if wanted == 'xnnpack':
        raise ModelError(f"kernels: 'xnnpack': {why}; set kernels: auto") from error
    return KernelChoice('qnnpack', why, quantization)
