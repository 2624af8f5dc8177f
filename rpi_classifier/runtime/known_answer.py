# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The known-answer check: engines and architectures can compute wrong numbers without an error.

Two fixed images go through the network in its original form and in the form that will run; the
logits must agree. Two, because a network that answers the same to everything has been seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Transform
from rpi_classifier.runtime.base import Logits, Runtime
from rpi_classifier.runtime.preprocess import Preprocessor

# Largest distance of two logit vectors, relative to the reference's spread. Measured: 0.10 for
# mobilenet_v2 and 0.15 for efficientnet_lite0 under oneDNN on x86 without VNNI. Full-range weights
# that overflow there reach 0.28 to 0.35 and pass: with_headroom prevents that, not this check.
TOLERANCE = 0.5
# The same for one network on one engine, as it is and compiled: 1e-5 at most for twenty networks
# of timm. Torch has had mistakes in what it folds while it freezes.
SAME_NETWORK = 0.01


def known_images(size: int) -> list[NDArray[np.uint8]]:
    """
    Return the two images of the check: [size, size, 3] uint8, the same on every machine.

    Integers only, from the generator x -> (1103515245 x + 12345) mod 2**31 (ISO C's example).
    """
    cells, results = 8, []
    for state in (1, 2):
        values = []
        for _ in range(cells * cells * 3):
            state = (1103515245 * state + 12345) % 2**31
            values.append(state >> 23)
        mosaic = np.array(values, np.uint8).reshape(cells, cells, 3)
        where = np.arange(size) * cells // size
        results.append(mosaic[where][:, where])
    return results


def plain_images(size: int) -> list[NDArray[np.uint8]]:
    """Return black, white and the primary colours, to see more of what a network answers."""
    colours = ((0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255))
    return [np.full((size, size, 3), colour, np.uint8) for colour in colours]


def faint_images(size: int) -> list[NDArray[np.uint8]]:
    """Return noise of low contrast with a tint, dark, grey and bright: as night, fog and snow."""
    noise = np.random.default_rng(0).integers(0, 17, (size, size, 3), np.uint8)
    tints = ((40, 16, 0), (100, 140, 120), (200, 216, 238))
    return [noise + np.array(tint, np.uint8) for tint in tints]


def known_answers(runtime: Runtime, transform: Transform) -> list[Logits]:
    """Return a runtime's logits for the known images, [classes] each; overwrites its buffer."""
    return answers_for(runtime, transform, known_images(transform.size))


def answers_for(
    runtime: Runtime, transform: Transform, images: Iterable[NDArray[np.uint8]]
) -> list[Logits]:
    """Return a runtime's logits for images, [classes] each; overwrites its buffer."""
    preprocess = Preprocessor(transform, runtime.quantization)
    answers = []
    for image in images:
        preprocess(image, runtime.buffer)
        answers.append(runtime.run().copy())
    return answers


def distance(
    logits: Logits, reference: Logits, between: float = 0.0, usual_spread: float = 0.0
) -> float:
    """
    Return the Euclidean distance of two logit vectors relative to the reference's spread.

    :param between: the distance of the references for two images, the only spread that a network
        with one class has.
    :param usual_spread: that of the network's logits for photos, if it is known. A network with
        few classes may be undecided about the known images; its spread is next to nothing then.
    """
    alone = len(reference) == 1
    spread = between if alone else float(np.linalg.norm(reference - reference.mean()))
    return float(np.linalg.norm(logits - reference)) / max(spread, usual_spread, 1e-9)


def check_known_answers(
    answers: Sequence[Logits],
    references: Sequence[Logits],
    tolerance: float = TOLERANCE,
    usual_spread: float = 0.0,
) -> str:
    """
    Compare a network's answers to the known images with those of its original form.

    :param tolerance: the largest ``distance`` allowed.
    :param usual_spread: see ``distance``; if it is known, both answers may be the same where those
        of the original are, as of a network with few classes and eight bits.
    :returns: one phrase with the largest distance, for diagnostics.
    :raises ModelError: if an answer is off by more than the tolerance or does not depend on the
        image.
    """
    verdict = compare_answers(answers, references, tolerance, usual_spread)
    same_before = usual_spread > 0 and np.array_equal(references[0], references[1])
    if np.array_equal(answers[0], answers[1]) and not same_before:
        raise ModelError(
            'the model fails its known-answer check: it gives the same answer to different '
            'images; choose another engine or jit: false'
        )
    return verdict


def compare_answers(
    answers: Sequence[Logits],
    references: Sequence[Logits],
    tolerance: float = TOLERANCE,
    usual_spread: float = 0.0,
) -> str:
    """
    Compare answers as ``check_known_answers`` does, but let them be the same for all images.

    :raises ModelError: if an answer is off by more than the tolerance.
    """
    worst = largest_distance(answers, references, usual_spread)
    if not worst <= tolerance:  # NaN fails too
        raise ModelError(
            f'the model fails its known-answer check: logits are off by {worst:.2f} of their '
            f'spread, at most {tolerance} is allowed; choose another engine'
        )
    return f'passed, off by {worst:.3f} of at most {tolerance}'


def largest_spread(answers: Sequence[Logits]) -> float:
    """
    Return the largest spread of a network's logits, as ``distance`` takes it for the usual one.

    :param answers: for different images, [classes] each; with one class, images differ by it.
    """
    logits = np.stack(answers)
    alone = logits.shape[1] == 1
    return float(
        np.linalg.norm(logits - logits.mean(0 if alone else 1, keepdims=True), axis=1).max()
    )


def largest_distance(
    answers: Sequence[Logits], references: Sequence[Logits], usual_spread: float = 0.0
) -> float:
    """Return the largest ``distance`` of answers from their references; NaN if there is one."""
    between = float(np.linalg.norm(references[0] - references[1]))
    return float(
        np.max([distance(*pair, between, usual_spread) for pair in zip(answers, references)])
    )
