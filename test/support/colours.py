# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A small network of real layers, which tells red, green and blue images apart."""

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from rpi_classifier.input_spec import Transform
from rpi_classifier.models.model import Model
from rpi_classifier.runtime.known_answer import known_images

LABELS = ('red', 'green', 'blue')
TRANSFORM = Transform(size=32, resize=32)


class Colours(nn.Module):
    """[1, 3, 32, 32] -> [1, 3]: which colour there is most of."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.relu = nn.ReLU6()
        self.fc = nn.Linear(8, 3)
        for layer in (self.conv, self.fc):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        for colour in range(3):
            self.conv.weight.data[colour, colour, 1, 1] = 1.0
            self.fc.weight.data[colour, colour] = 5.0

    def forward(self, x):
        x = self.relu(self.conv(x))
        return self.fc(torch.flatten(nn.functional.adaptive_avg_pool2d(x, (1, 1)), 1))


def colour_image(index: int) -> np.ndarray:
    """Return a BGR image of the colour that has this place in ``LABELS``."""
    image = np.full((48, 64, 3), 40, np.uint8)
    image[..., 2 - index] = 220
    return image


def tinted_photos(folder: Path, count: int = 60) -> Path:
    """Write photos that are nearly gray, with a tint that is often not that of their class."""
    chance = np.random.default_rng(0)
    for number in range(count):
        image = np.full((48, 64, 3), 100, np.uint8)
        tint = number % 3 if number % 4 else chance.integers(3)
        image[..., 2 - tint] = 200
        image[0, 0] = number  # no photo is a copy
        own = folder / LABELS[number % 3]
        own.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(own / f'{number}.png'), image)
    return folder


def lowered_colours():
    """Return the record and the program of ``Colours`` for ExecuTorch, which must be installed."""
    from rpi_classifier.models.export_executorch import lower_model

    model = Model('colours', Colours().eval(), TRANSFORM, LABELS, 'nothing')
    return lower_model(model, [*known_images(32), *map(colour_image, range(3))])
