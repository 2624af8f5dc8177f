# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The frames of a measurement: where they come from, and what each one costs."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import Any

import numpy as np

from rpi_classifier.benchmark.pace import Interval, Pace
from rpi_classifier.benchmark.rows import STAGES
from rpi_classifier.config import CameraConfig
from rpi_classifier.inference.classifier import Result
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.runtime.preprocess import fit

_FASTEST_FPS = 1000.0  # plays files without waiting


def open_reader(source: str, size: int, exact: bool) -> Callable[[], Image]:
    """
    Return a function that returns the next frame.

    :param source: device, file or folder; empty: noise of the model's size, without any work.
    :param exact: True if frames must have the model's size.
    :raises CameraError: if the source cannot be opened.
    """
    if not source:
        noise = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
        return lambda: noise
    from rpi_classifier.camera.open import open_source

    camera = open_source(CameraConfig(device=source, fps=_FASTEST_FPS, photo_seconds=0.0))
    if exact:
        return lambda: fit(camera.read().image, Transform(size, size))
    return lambda: camera.read().image


def measure_frames(
    read: Callable[[], Image], classify: Callable[[Image], Result], pace: Pace
) -> dict[str, Any]:
    """
    Classify frames for some time, at least two; the first one does not count.

    :returns: nanoseconds by stage, and the CPU time of all threads, spinning between frames
        included.
    """
    samples: dict[str, list[int]] = {stage: [] for stage in STAGES}
    classify(read())
    interval = Interval(pace)
    cpu_ns, start = time.process_time_ns(), time.monotonic_ns()
    end = start
    while end - start < pace.seconds * 1e9 or len(samples['model']) < 2:
        interval.spend()
        begin = time.monotonic_ns()
        image = read()
        ready = time.monotonic_ns()
        result = classify(image)
        end = time.monotonic_ns()
        spent = result.preprocess_ns + result.infer_ns
        parts = (ready - begin, result.preprocess_ns, result.infer_ns, end - ready - spent)
        for stage, part in zip(STAGES, parts):
            samples[stage].append(part)
    return {
        'wall_s': (end - start) / 1e9,
        'cpu_s': (time.process_time_ns() - cpu_ns - interval.cpu_ns) / 1e9,
        'samples': samples,
        'peak_rss_mb': memory_mb('VmHWM'),
    }


def memory_mb(kind: str) -> float:
    """
    Return the resident memory of this process.

    :param kind: VmRSS: now, VmHWM: the most so far.
    """
    with open('/proc/self/status', encoding='ascii') as file:
        line = next(line for line in file if line.startswith(kind))
    return int(line.split()[1]) / 1024
