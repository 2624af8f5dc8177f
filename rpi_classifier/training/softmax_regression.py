# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Softmax regression with an L2 penalty: convex, so it has one result, and few photos suffice.

The penalty is on weights for features that are centred and divided by one number, the spread of
all of them together; so one value means the same for every network. Features stay bytes: only a
chunk of them is float at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

_CHUNK = 1024  # samples
_TOLERANCE = 1e-4  # of the largest element of the gradient, where fitting ends
_HISTORY = 10  # of L-BFGS
_MORE_EVALUATIONS = 1.25  # than iterations, torch's own choice


@dataclass(frozen=True)
class Samples:
    """
    Features with classes and weights.

    ``steps`` are stored values, [samples, inputs] uint8; ``labels`` are [samples] int64;
    ``weights`` are [samples] float32 with the sum 1.
    """

    steps: Tensor
    labels: Tensor
    weights: Tensor
    classes: int


@dataclass(frozen=True)
class Head:
    """
    Weights [classes, inputs] and bias [classes], for (stored features - mean) / spread.

    ``mean`` is [inputs].
    """

    weight: Tensor
    bias: Tensor
    mean: Tensor
    spread: float

    def logits(self, steps: Tensor) -> Tensor:
        """Return [samples, classes] for stored features, [samples, inputs] uint8."""
        with torch.no_grad():
            parts = [self._scaled(part) @ self.weight.T + self.bias for part in _parts(steps)]
        return torch.cat(parts)

    def _scaled(self, steps: Tensor) -> Tensor:
        return (steps.float() - self.mean) / self.spread

    def for_real_features(
        self, scale: float, zero_point: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return weight and bias for features that are scale * (stored - zero_point)."""
        weight = self.weight.double() / (self.spread * scale)
        shift = scale * (self.mean.double() - zero_point)
        bias = self.bias.double() - weight @ shift
        return weight.float().numpy(), bias.float().numpy()


def balanced_samples(steps: NDArray[np.uint8], labels: NDArray[np.int64], classes: int) -> Samples:
    """
    Weigh photos so that every class counts the same, however many photos it has.

    :param steps: [photos, views, inputs].
    :param labels: [photos].
    """
    photos, views, inputs = steps.shape
    counts = np.bincount(labels, minlength=classes)
    present = int((counts > 0).sum())
    weights = (1 / (counts[labels] * present * views)).astype(np.float32)
    return Samples(
        torch.from_numpy(steps.reshape(photos * views, inputs)),
        torch.from_numpy(np.repeat(labels, views)),
        torch.from_numpy(np.repeat(weights, views)),
        classes,
    )


def untrained_head(samples: Samples) -> Head:
    """Return a head that gives 0 for everything, with the scaling that the features ask for."""
    weights = samples.weights.double()
    mean = torch.zeros(samples.steps.shape[1], dtype=torch.double)
    square = 0.0
    for part, weight in zip(_parts(samples.steps), _parts(weights)):
        mean += weight @ part.double()
    for part, weight in zip(_parts(samples.steps), _parts(weights)):
        square += float(weight @ ((part.double() - mean) ** 2).mean(dim=1))
    shape = samples.classes, len(mean)
    return Head(torch.zeros(shape), torch.zeros(shape[0]), mean.float(), max(square, 1e-6) ** 0.5)


def fit_head(
    samples: Samples,
    start: Head,
    penalty: float,
    *,
    epochs: int,
    stopped: Callable[[], bool] = bool,
) -> Head:
    """
    Minimize the weighted cross-entropy plus penalty / 2 * sum(weight ** 2), by L-BFGS.

    :param start: weights to begin with; its scaling stays.
    :param epochs: passes over the samples at most, about; fewer if the loss does not fall.
    :param stopped: returns True to end with the best weights so far.
    """
    weight = start.weight.clone().requires_grad_()
    bias = start.bias.clone().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [weight, bias],
        max_iter=epochs,
        max_eval=int(epochs * _MORE_EVALUATIONS) + 1,
        tolerance_grad=_TOLERANCE,
        history_size=_HISTORY,
        line_search_fn='strong_wolfe',
    )
    best = _Best(start)

    def evaluate() -> Tensor:
        if stopped():
            raise _Stopped
        optimizer.zero_grad()
        total = penalty / 2 * (weight**2).sum()
        total.backward()  # type: ignore[no-untyped-call]
        loss = total.detach()
        for part, labels, weights in _chunks(samples):
            logits = start._scaled(part) @ weight.T + bias
            partial = (weights * cross_entropy(logits, labels, reduction='none')).sum()
            partial.backward()  # type: ignore[no-untyped-call]
            loss = loss + partial.detach()
        best.note(float(loss), weight, bias)
        return loss

    try:
        optimizer.step(evaluate)  # type: ignore[arg-type]
    except _Stopped:
        pass
    return best.head


class _Stopped(Exception):
    """Leaves the optimizer."""


class _Best:
    """The head with the lowest loss so far; a line search tries worse ones, too."""

    def __init__(self, start: Head) -> None:
        self.head = start
        self._loss = float('inf')

    def note(self, loss: float, weight: Tensor, bias: Tensor) -> None:
        if loss < self._loss:
            self._loss = loss
            self.head = Head(
                weight.detach().clone(), bias.detach().clone(), self.head.mean, self.head.spread
            )


def _parts(values: Tensor) -> tuple[Tensor, ...]:
    return values.split(_CHUNK)  # type: ignore[no-any-return,no-untyped-call]


def _chunks(samples: Samples) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    return zip(_parts(samples.steps), _parts(samples.labels), _parts(samples.weights))
