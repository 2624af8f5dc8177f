# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a user decides about a training."""

from __future__ import annotations

from dataclasses import dataclass

FINE_TUNE_EPOCHS = 12  # at most; few photos are soon overfitted


@dataclass(frozen=True)
class TrainOptions:
    """
    What a user decides about a training.

    ``model`` and ``weights`` name the network of the zoo that is trained further; ``name`` is that
    of the result. ``views`` is the number of augmented copies of each photo; if all layers are
    trained, every pass has another one, or none for 0 views. ``mirror`` says whether left and
    right may be exchanged in them.
    """

    model: str = 'mobilenet_v2'
    weights: str = 'default'
    name: str = 'own_classes'
    epochs: int = 200
    views: int = 4
    mirror: bool = True
    seed: int = 0
