# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0


"""
Compare the ways to run mobilenet_v2: classes, logits, and time against the tutorial's loop.

usage: python dev/compare_kernels.py FOLDER, which has photos and expected_top5.json

One thread, one process, frame by frame in turns; for scripts/test-aarch64, where a frame takes a
second. On a board use scripts/bench.
"""

from __future__ import annotations

import json
from pathlib import Path
import platform
from statistics import median
import sys
import time

import cv2
import numpy as np
from numpy.typing import NDArray
import torch

from rpi_classifier.benchmark.tutorial import Tutorial
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.models import zoo
from rpi_classifier.runtime.preprocess import fit

_ROUNDS = 5
_TUTORIAL = "tutorial's loop, qnnpack"

Way = Classifier | Tutorial


def ways() -> dict[str, Way]:
    """Return all ways that work here, and say why one does not."""
    found: dict[str, Way] = {_TUTORIAL: Tutorial(zoo.load('mobilenet_v2'), 1)}
    for kernels in ('qnnpack', 'xnnpack'):
        try:
            config = ClassifierConfig(engine='qnnpack', kernels=kernels, num_threads=1)
            found[f'ours, {kernels}'] = Classifier.load(config)
        except ModelError as error:
            print(f'ours, {kernels}: {error}', flush=True)
    return found


def right(way: Way, frames: list[Image], truth: list[int]) -> int:
    """Return for how many photos the best class is the reference's."""
    best = [way.classify(frame).predictions[0].index for frame in frames]
    return sum(ours == expected for ours, expected in zip(best, truth))


def logits(way: Classifier, frames: list[Image]) -> NDArray[np.float32]:
    """Return [photos, classes]."""
    rows = []
    for frame in frames:
        way.classify(frame)
        rows.append(way.runtime.run().copy())
    return np.stack(rows)


def times(found: dict[str, Way], frames: list[Image]) -> dict[str, tuple[float, float]]:
    """Return for each way the medians of the model and of the whole frame, in ns."""
    samples: dict[str, list[tuple[int, int]]] = {name: [] for name in found}
    for index in range(_ROUNDS):
        for name, way in found.items():
            start = time.monotonic_ns()
            result = way.classify(frames[index % len(frames)])
            samples[name].append((result.infer_ns, time.monotonic_ns() - start))
    return {
        name: (median(model for model, _ in pairs), median(whole for _, whole in pairs))
        for name, pairs in samples.items()
    }


def main(folder: Path) -> int:
    """Print the table; exit status 1 if a class is wrong or the kernels' logits differ."""
    expected = json.loads((folder / 'expected_top5.json').read_text())
    frames = [fit(np.asarray(cv2.imread(str(folder / name))), Transform()) for name in expected]
    truth = [top5[0]['index'] for top5 in expected.values()]
    print(f'torch {torch.__version__}, {platform.machine()}, one thread', flush=True)
    found = ways()
    counts = {name: right(way, frames, truth) for name, way in found.items()}
    ours = {
        name: logits(way, frames) for name, way in found.items() if isinstance(way, Classifier)
    }
    plain = next(iter(ours.values()))
    equal = {name: np.array_equal(values, plain) for name, values in ours.items()}
    medians = times(found, frames)
    print('| way | top-1 | logits | time of the model | of the whole frame |')
    print('|---|--:|---|--:|--:|')
    for name, (model, whole) in medians.items():
        verdict = '' if name not in equal else 'bit-equal' if equal[name] else 'DIFFERENT'
        print(
            f'| {name} | {counts[name]}/{len(frames)} | {verdict} '
            f'| {model / medians[_TUTORIAL][0]:.2f} | {whole / medians[_TUTORIAL][1]:.2f} |'
        )
    return int(set(counts.values()) != {len(frames)} or not all(equal.values()))


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('usage: compare_kernels.py FOLDER')
    sys.exit(main(Path(sys.argv[1])))
