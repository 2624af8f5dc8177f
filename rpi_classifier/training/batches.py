# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Batches of photos for a network in training; only one batch is in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from rpi_classifier.errors import ImageError
from rpi_classifier.input_spec import Transform
from rpi_classifier.photos import choose_evenly
from rpi_classifier.runtime.preprocess import Preprocessor
from rpi_classifier.training.augment import view_of
from rpi_classifier.training.labeled_photo import LabeledPhoto
from rpi_classifier.training.train_options import TrainOptions

BATCH = 8


@dataclass(frozen=True)
class Batches:
    """
    Photos as a network's input.

    A batch is [N, 3, size, size] float32, and the classes [N].
    """

    photos: Sequence[LabeledPhoto]
    transform: Transform
    options: TrainOptions

    def __len__(self) -> int:
        """Return the number of batches in one pass."""
        return -(-len(self.photos) // BATCH)

    def plain(self, most: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the photos, or as many of them evenly chosen, as the node sees them."""
        numbers = range(len(self.photos))
        return self._batches(choose_evenly(numbers, most or len(numbers)), view=0)

    def varied(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """
        Yield a view of each photo; views and order differ from epoch to epoch.

        If ``options.views`` is 0, they are the photos as the node sees them, in another order.
        """
        chance = np.random.default_rng((self.options.seed, epoch))
        view = epoch if self.options.views else 0
        return self._batches(chance.permutation(len(self.photos)).tolist(), view)

    def _batches(self, order: Sequence[int], view: int) -> Iterator[tuple[Tensor, Tensor]]:
        for start in range(0, len(order), BATCH):
            numbers = order[start : start + BATCH]
            memory = torch.zeros(len(numbers), self.transform.size, self.transform.size, 3)
            prepare = Preprocessor(self.transform)
            for row, number in zip(memory, numbers):
                image = view_of(
                    self.photos[number].read(),
                    self.transform,
                    view,
                    seed=self.options.seed,
                    photo=number,
                    mirror=self.options.mirror,
                )
                prepare(image, row.numpy())
            labels = torch.tensor([self.photos[number].label for number in numbers])
            yield memory.permute(0, 3, 1, 2).contiguous(), labels  # the faster layout here


def readable(photos: Sequence[LabeledPhoto]) -> list[LabeledPhoto]:
    """Return the photos that can be decoded."""
    found = []
    for photo in photos:
        try:
            photo.read()
        except ImageError:
            continue
        found.append(photo)
    return found
