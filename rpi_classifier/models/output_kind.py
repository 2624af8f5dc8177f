# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
What a network's scores are: logits, or probabilities already.

Softmax once more over probabilities turns 0.91 into 0.38. So the answers to the known images, and
the network's last operation where it can be told, say whether softmax is still to be done. One
output alone is a question of yes or no, for which softmax would always say 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ModelError

AUTO, LOGITS, PROBABILITIES, SIGMOID = 'auto', 'logits', 'probabilities', 'sigmoid'
OUTPUT_KINDS = (AUTO, LOGITS, PROBABILITIES, SIGMOID)
_ROUNDING = 1e-6
_TOLERANCE = 1e-3  # half precision rounds a sum by half of that
_SIGMOIDS = ('sigmoid', 'hardsigmoid')
# After these, values have no bounds: whatever the answers look like, they are logits.
_UNBOUNDED = ('linear', 'addmm', 'matmul', 'mm', 'conv2d', 'convolution', 'gemm', 'log_softmax')


@dataclass(frozen=True)
class OutputKind:
    """
    What scores are, and how that was found out.

    ``logits``: softmax is done over them, or the logistic function if there is only one.
    ``probabilities``: the network ends in softmax. ``sigmoid``: it ends in a sigmoid, each class
    is judged by itself. Both are taken as they are.
    """

    kind: str
    reason: str


def resolve_output_kind(
    wanted: str, answers: Sequence[NDArray[Any]], last_operation: str = ''
) -> OutputKind:
    """
    Return the kind that a parameter asks for, or detect it.

    :param wanted: one of ``OUTPUT_KINDS``.
    :param answers: scores for several images, [classes] each.
    :param last_operation: as for ``detect_output_kind``.
    :raises ModelError: if the answers cannot be of the kind that is asked for.
    """
    if wanted == AUTO:
        return detect_output_kind(answers, last_operation)
    if wanted == LOGITS:
        return OutputKind(wanted, 'as the parameter says')
    scores = np.stack(answers)
    if not _are_in_0_1(scores):
        worst = scores.flat[np.abs(scores - 0.5).argmax()]
        raise ModelError(
            f'output_kind: {wanted!r} means values from 0 to 1, but the network answers '
            f'{worst:.4g}; set output_kind: logits, or auto'
        )
    if wanted == PROBABILITIES and not _sum_to_1(scores):
        total = float(scores[0].sum())
        raise ModelError(
            f"output_kind: 'probabilities' sum to 1, but the network's sum to {total:.4g}; set "
            'output_kind: sigmoid if each class is judged by itself, or auto'
        )
    return OutputKind(wanted, 'as the parameter says')


def detect_output_kind(answers: Sequence[NDArray[Any]], last_operation: str = '') -> OutputKind:
    """
    Find out what scores are.

    Values from 0 to 1 may also be small logits; the more answers, the less likely that is.

    :param answers: scores for several images, [classes] each.
    :param last_operation: name of the operation that made the scores, as ``softmax`` or
        ``linear``; empty if it is not known.
    """
    scores = np.stack(answers)
    if last_operation in _UNBOUNDED:
        return OutputKind(LOGITS, f'the network ends in {last_operation}')
    if not _are_in_0_1(scores):
        low, high = float(scores.min()), float(scores.max())
        return OutputKind(LOGITS, f'answers reach from {low:.3g} to {high:.3g}')
    if last_operation in _SIGMOIDS:
        return OutputKind(SIGMOID, 'the network ends in a sigmoid')
    if scores.shape[1] > 1 and _sum_to_1(scores):
        return OutputKind(PROBABILITIES, 'answers are from 0 to 1 and sum to 1')
    if last_operation and last_operation != 'softmax':
        return OutputKind(LOGITS, f'the network ends in {last_operation}')
    return OutputKind(SIGMOID, 'answers are from 0 to 1 and do not sum to 1')


def _are_in_0_1(scores: NDArray[Any]) -> bool:
    return bool((scores >= 0).all() and (scores <= 1 + _ROUNDING).all())


def _sum_to_1(scores: NDArray[Any]) -> bool:
    return bool((np.abs(scores.sum(axis=1) - 1) <= _TOLERANCE).all())
