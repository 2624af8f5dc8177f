# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""How often an int8 network chooses the same class as its float original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

_LITTLE = 0.9


@dataclass(frozen=True)
class Agreement:
    """
    Counts over the same photos.

    ``right`` and ``float_right`` are the photos that int8 and float classify correctly; None if
    the classes of the photos are not known.
    """

    photos: int
    same: int
    right: int | None = None
    float_right: int | None = None

    @staticmethod
    def between(logits: Tensor, reference: Tensor, truths: Sequence[int] = ()) -> Agreement:
        """
        Compare the likeliest classes.

        :param logits: of the int8 network, [N, classes]; ``reference`` those of its original.
        :param truths: the classes of the photos, if they are known.
        """
        chosen, expected = logits.argmax(1), reference.argmax(1)
        same = int((chosen == expected).sum())
        if not truths:
            return Agreement(len(logits), same)
        right = torch.tensor(truths)
        return Agreement(
            len(logits), same, int((chosen == right).sum()), int((expected == right).sum())
        )

    @property
    def points(self) -> float:
        """Return what int8 loses, in percent points: of right answers, if these are known."""
        if self.right is None or self.float_right is None:
            return 100 * (1 - self.same / self.photos)
        return 100 * (self.float_right - self.right) / self.photos

    def __str__(self) -> str:
        """Return one sentence, with advice if they differ much."""
        sentence = (
            f'int8 chooses the class of float on {self.same} of {self.photos} photos '
            f'({self.same / self.photos:.1%})'
        )
        if self.right is not None:
            sentence += f'; {self.right} are right in int8 and {self.float_right} in float'
        if self.same < _LITTLE * self.photos:
            sentence += (
                '; that is little: calibrate on photos like those of the training, or train with '
                'fake quantization'
            )
        return sentence
