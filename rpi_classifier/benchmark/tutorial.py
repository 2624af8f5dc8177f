# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The tutorial's own loop, as it is written there: the reference of all comparisons.

"Real Time Inference on Raspberry Pi 4 (30 fps!)": torchvision's transforms, engine qnnpack,
TorchScript without freezing, and a sort of all thousand classes.
"""

from __future__ import annotations

import time

import torch
from torch import nn, Tensor

from rpi_classifier.inference.classifier import Prediction, Result
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.models.model import Model
from rpi_classifier.runtime.engines import choose_engine, move_to_engine
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings


class Tutorial:
    """Classifies BGR frames of the model's own size, as the tutorial's camera delivers them."""

    def __init__(
        self,
        model: Model,
        num_threads: int = 0,
        *,
        engine: str = 'qnnpack',
        topk: bool = False,
    ) -> None:
        """
        Script the model and choose the transforms.

        :param num_threads: 0: torch's default.
        :param engine: another one than the tutorial's shows the effect of the engine alone.
        :param topk: True lets torch find the ten best, in place of sorting all thousand.
        :raises ModelError: if this torch has no such engine.
        """
        if num_threads:
            torch.set_num_threads(num_threads)
        self.engine = choose_engine(engine)
        move_to_engine(model.network, self.engine, model.weights_backend)
        with suppress_torch_warnings():
            self._network: nn.Module = torch.jit.script(model.network)
        self._labels = model.labels
        self._best = _ten_best if topk else _sorted
        self._preprocess = _transforms(model.transform)

    def classify(self, image: Image) -> Result:
        """Classify one frame, [size, size, 3] uint8 BGR."""
        with torch.no_grad():
            start = time.monotonic_ns()
            batch = self._preprocess(image[:, :, [2, 1, 0]]).unsqueeze(0)
            ready = time.monotonic_ns()
            output = self._network(batch)
            done = time.monotonic_ns()
            scores = output[0].softmax(dim=0)
            predictions = tuple(
                Prediction(index, self._labels[index], score)
                for index, score in self._best(scores)
            )
        return Result(predictions, ready - start, done - ready, scores.numpy())


def _sorted(scores: Tensor) -> list[tuple[int, float]]:
    """Return the ten best as the tutorial does."""
    top = list(enumerate(scores))
    top.sort(key=lambda pair: pair[1], reverse=True)
    return [(index, value.item()) for index, value in top[:10]]


def _ten_best(scores: Tensor) -> list[tuple[int, float]]:
    values, indices = scores.topk(10)
    return list(zip(indices.tolist(), values.tolist()))


def _transforms(transform: Transform):  # type: ignore[no-untyped-def]
    from torchvision import transforms

    return transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize(mean=transform.mean, std=transform.std)]
    )
