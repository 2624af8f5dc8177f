# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
How often a row's classes are those of the model in fp32, on crops of photos.

The fp32 model has the published float weights, or else those of the int8 network as floats. Its
classes need not be right: comparing with them shows what quantization and kernels changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
import hashlib
from pathlib import Path

from rpi_classifier.benchmark.rows import Job, Row
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.inference.classifier import Result
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.photos import all_crops, find_photos
from rpi_classifier.runtime.preprocess import fit

_BEST = 5


def best_five(job: Job, classify: Callable[[Image], Result], size: int) -> list[list[int]]:
    """
    Return the five best classes of each picture of a job, best first.

    :param size: side of the model's input; the tutorial's loop takes no other images.
    :raises ImageError: if a photo cannot be read.
    """
    results = []
    for picture in _pictures(job):
        image = fit(picture, Transform(size)) if job.tutorial else picture
        results.append([found.index for found in classify(image).predictions[:_BEST]])
    return results


def _pictures(job: Job) -> Iterable[Image]:
    photos = find_photos([Path(job.photos)])
    return map(read_image_file, photos) if job.whole_photos else all_crops(photos)


def compare_with_fp32(rows: Sequence[Row]) -> None:
    """Set each row's agreement with the fp32 row that has the same classes, if there is one."""
    for reference in rows:
        if not reference.job.fp32 or not reference.best:
            continue
        for row in rows:
            if row is not reference and row.best and row.classes == reference.classes:
                row.agreement = shares(row.best, reference.best)


def shares(
    best: Sequence[Sequence[int]], reference: Sequence[Sequence[int]]
) -> tuple[float, float]:
    """Return the share of images with the same best class, and that of common best classes."""
    pairs = list(zip(best, reference))
    first = sum(ours[0] == theirs[0] for ours, theirs in pairs)
    common = sum(len(set(ours) & set(theirs)) / len(theirs) for ours, theirs in pairs)
    return first / len(pairs), common / len(pairs)


def digest_labels(labels: Iterable[str]) -> str:
    """Return a digest that differs if the classes of two models do."""
    return hashlib.sha256('\n'.join(labels).encode()).hexdigest()


def explanation(rows: Iterable[Row]) -> str:
    """Return one line that explains the columns."""
    number = max((len(row.best) for row in rows), default=0)
    return (
        f'top-1, top-5: on {number} crops of the photos, how often the best class is that of '
        "fp32, and how many of its five best are among the five best; fp32 of torchvision's "
        'models has their int8 weights as floats'
    )
