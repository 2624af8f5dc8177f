# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Pictures of a scene as a camera sees it: with noise, from other sides, blurred by motion."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


def scene(number: int, width: int = 320, height: int = 240) -> np.ndarray:
    """Return one of many different scenes with edges and texture, [H, W, 3] uint8 BGR."""
    chance = np.random.default_rng(number)
    coarse = chance.integers(40, 216, (6, 8, 3), np.uint8)
    image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST)
    for _ in range(60):
        centre = tuple(int(value) for value in chance.integers(0, (width, height)))
        colour = tuple(int(value) for value in chance.integers(0, 256, 3))
        cv2.circle(image, centre, int(chance.integers(2, 12)), colour, -1)
    return image


def noisy(image: np.ndarray, levels: float = 3.0, seed: int = 0) -> np.ndarray:
    """Return a picture as another moment's noise of the sensor has it."""
    noise = np.random.default_rng(seed).normal(0, levels, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def moved(image: np.ndarray, pixels: int = 15) -> np.ndarray:
    """Return a picture that was blurred by motion while it was exposed."""
    return cv2.blur(image, (pixels, pixels))


def write_photos(folder: Path, images: list[np.ndarray], suffix: str = '.jpg') -> None:
    """Write photos, named in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(images):
        assert cv2.imwrite(str(folder / f'{number:03d}{suffix}'), image)


def write_video(path: Path, images: list[np.ndarray], rate_hz: float = 10.0) -> None:
    """Write a video of frames of one size."""
    height, width = images[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'MJPG'), rate_hz, (width, height))
    for image in images:
        writer.write(image)
    writer.release()
