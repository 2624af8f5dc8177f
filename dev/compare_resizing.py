# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Compare ways to make a model's input out of a photo with torchvision's own, and what they cost.

usage: dev/compare_resizing.py FOLDER

FOLDER has photos and a reference.json: for each photo's name ``torchvision_top5``, a list of
``index`` and ``score``, as mobilenet_v2 answers on qnnpack behind torchvision's PIL transform.
"""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
import sys
from time import perf_counter

import cv2
import numpy as np
from numpy.typing import NDArray
import PIL.Image

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.input_spec import Image, Quantization, Transform
from rpi_classifier.runtime.preprocess import fit, Preprocessor

ROUNDS = 400
CAMERA = (480, 640, 3)


def linear_up_to_two(image: Image, transform: Transform) -> Image:
    """Resize as version 0.1 does: area averaging from a reduction of two on."""
    return _centre(image, transform, 2.0)


def area_from_one(image: Image, transform: Transform) -> Image:
    """Resize by OpenCV's area averaging from any reduction on."""
    return _centre(image, transform, 1.0)


def pil(image: Image, transform: Transform) -> Image:
    """Resize as torchvision does: all of the image by PIL, antialiased, then the crop."""
    height, width = image.shape[:2]
    columns, rows = (side * transform.resize // min(height, width) for side in (width, height))
    picture = PIL.Image.fromarray(image).resize((columns, rows), PIL.Image.Resampling.BILINEAR)
    top, left = (round((side - transform.size) / 2) for side in (rows, columns))
    return np.asarray(picture)[top : top + transform.size, left : left + transform.size]


WAYS: dict[str, Callable[[Image, Transform], Image]] = {
    'bilinear up to 2, then area (0.1)': linear_up_to_two,
    'area': area_from_one,
    'twice the size, then 2x2 (fit)': fit,
    "PIL, torchvision's own": pil,
}


def _centre(image: Image, transform: Transform, linear_up_to: float) -> Image:
    height, width = image.shape[:2]
    side = max(1, round(min(height, width) * transform.size / transform.resize))
    top, left = (height - side) // 2, (width - side) // 2
    region = image[top : top + side, left : left + side]
    linear = side <= transform.size * linear_up_to
    method = cv2.INTER_LINEAR if linear else cv2.INTER_AREA
    size = (transform.size, transform.size)
    return cv2.resize(region, size, interpolation=method)  # type: ignore[return-value]


def compare_answers(folder: Path) -> dict[str, tuple[float, float, float]]:
    """
    Classify all photos in each way.

    :returns: the share of photos with torchvision's best class, and the mean and the largest
        difference of that class's probability.
    """
    reference = json.loads((folder / 'reference.json').read_text())
    classifier = Classifier.load(ClassifierConfig(engine='qnnpack', kernels='qnnpack'))
    seen: dict[str, list[tuple[bool, float]]] = {name: [] for name in WAYS}
    for name, entry in reference.items():
        image, best = read_image_file(folder / name), entry['torchvision_top5'][0]
        for way, resize in WAYS.items():
            fitted = np.ascontiguousarray(resize(image, Transform()))
            result = classifier.classify(fitted, top_k=1)
            difference = abs(float(result.probabilities[best['index']]) - best['score'])
            seen[way].append((result.predictions[0].index == best['index'], difference))
    return {
        way: (
            sum(same for same, _ in found) / len(found),
            sum(difference for _, difference in found) / len(found),
            max(difference for _, difference in found),
        )
        for way, found in seen.items()
    }


def measure_camera() -> dict[str, float]:
    """Return the median time for a 640x480 frame in each way, taken in turns, in ms."""
    image = np.random.default_rng(0).integers(0, 256, CAMERA, np.uint8)
    transform = Transform()
    preprocess = Preprocessor(transform, Quantization(0.0187, 114))
    model_input = np.empty((transform.size, transform.size, 3), np.uint8)
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way, resize in WAYS.items():
            start = perf_counter()
            _prepare(preprocess, image, model_input, resize, transform)
            times[way].append(perf_counter() - start)
    return {way: 1e3 * float(np.median(taken)) for way, taken in times.items()}


def _prepare(
    preprocess: Preprocessor,
    image: Image,
    model_input: NDArray[np.uint8],
    resize: Callable[[Image, Transform], Image],
    transform: Transform,
) -> None:
    if resize is fit:  # with the scratch memory that a node has
        preprocess(image, model_input)
    else:
        preprocess(resize(image, transform), model_input)


def main() -> None:
    """Print a table."""
    answers, times = compare_answers(Path(sys.argv[1])), measure_camera()
    first = next(iter(times.values()))
    print('| resizing | top-1 agrees | mean difference | largest | 640x480, ms | ratio |')
    print('|---|--:|--:|--:|--:|--:|')
    for way, (agreement, mean, largest) in answers.items():
        print(
            f'| {way} | {agreement:.1%} | {mean:.4f} | {largest:.3f} | {times[way]:.3f} '
            f'| {times[way] / first:.2f} |'
        )


if __name__ == '__main__':
    main()
