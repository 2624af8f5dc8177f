# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Small photos of own classes: coloured squares on noise."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

COLOURS = {'blue': (255, 0, 0), 'green': (0, 255, 0), 'red': (0, 0, 255)}


def draw_class(folder: Path, colour: str, count: int, first: int = 0) -> None:
    """Write photos of a class, all different, as FOLDER/COLOUR/NNN.png."""
    own = folder / colour
    own.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        chance = np.random.default_rng((number, len(colour)))
        photo = chance.integers(0, 90, (60, 80, 3), np.uint8)
        top, left = chance.integers(0, 20, 2)
        photo[top : top + 40, left + 10 : left + 50] = COLOURS[colour]
        cv2.imwrite(str(own / f'{number:03d}.png'), photo)


def draw_classes(folder: Path, count: int, colours: tuple[str, ...] = ('blue', 'red')) -> Path:
    """Write photos of several classes; return the folder."""
    for colour in colours:
        draw_class(folder, colour, count)
    return folder
