# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0


"""
The measuring process: loads one model, then measures for as long as each line of stdin says.

Answers are lines of JSON on stdout: first what was loaded, or an error, then samples.
"""

from __future__ import annotations

from collections.abc import Callable
import json
import os
import sys
import time
from typing import Any

import numpy as np

from rpi_classifier.benchmark import agreement
from rpi_classifier.benchmark.rows import Job, STAGES
from rpi_classifier.config import CameraConfig, ClassifierConfig
from rpi_classifier.errors import RpiClassifierError
from rpi_classifier.inference.classifier import Classifier, Result
from rpi_classifier.input_spec import Image

_FASTEST_FPS = 1000.0  # files are not held back
_WARM_UP_FRAMES = 3  # TorchScript profiles two runs and compiles in the third


def load(job: Job) -> tuple[dict[str, Any], Callable[[Image], Result], int]:
    """
    Return what was loaded, its function, and the side of its input.

    :raises RpiClassifierError: if it cannot be had.
    """
    config = ClassifierConfig(
        model=job.model,
        weights=job.weights,
        engine=job.engine,
        kernels=job.kernels,
        jit=job.jit,
        num_threads=job.threads,
    )
    if job.tutorial or job.fp32:
        return _load_reference(job)
    classifier = Classifier.load(config)
    info = classifier.runtime.info
    about = {
        'runtime': info.runtime,
        'engine': info.engine,
        'kernels': info.kernels,
        'caution': info.caution,
        'trained_for': classifier.trained_for,
        'classes': agreement.digest(classifier.labels),
    }
    return about, classifier.classify, classifier.runtime.buffer.shape[0]


def _load_reference(job: Job) -> tuple[dict[str, Any], Callable[[Image], Result], int]:
    from rpi_classifier.models import zoo

    classify: Callable[[Image], Result]
    if job.fp32:
        from rpi_classifier.runtime import torchscript

        torchscript.set_num_threads(job.threads)
        model = zoo.load_float(job.model, job.weights)
        runtime = torchscript.Compiled(model.network, model.transform, None)
        about = {'runtime': 'torch', 'engine': 'fp32', 'kernels': ''}
        classify = Classifier(model.name, runtime, model.transform, model.labels).classify
    else:
        from rpi_classifier.benchmark.tutorial import Tutorial

        model = zoo.load(job.model, job.weights)
        loop = Tutorial(model, job.threads, engine=job.engine, topk=job.topk)
        about = {'runtime': 'torchscript', 'engine': loop.engine, 'kernels': loop.engine}
        classify = loop.classify
    about |= {'trained_for': model.trained_for, 'classes': agreement.digest(model.labels)}
    return about, classify, model.transform.size


def open_reader(source: str, size: int, exact: bool) -> Callable[[], Image]:
    """
    Return a function that gives the next frame.

    :param source: device, file or folder; empty: noise of the model's size, at no cost.
    :param exact: True if frames must have the model's size.
    :raises CameraError: if the source cannot be opened.
    """
    if not source:
        noise = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
        return lambda: noise
    from rpi_classifier.camera.open import open_source
    from rpi_classifier.input_spec import Transform
    from rpi_classifier.runtime.preprocess import fit

    camera = open_source(CameraConfig(device=source, fps=_FASTEST_FPS, photo_seconds=0.0))
    if exact:
        return lambda: fit(camera.read().image, Transform(size, size))
    return lambda: camera.read().image


def measure(
    read: Callable[[], Image], classify: Callable[[Image], Result], seconds: float
) -> dict[str, Any]:
    """Classify frames for some time, two at least; the first one does not count."""
    samples: dict[str, list[int]] = {stage: [] for stage in STAGES}
    classify(read())
    start = now = time.monotonic_ns()
    while now - start < seconds * 1e9 or len(samples['model']) < 2:
        image = read()
        begin = time.monotonic_ns()
        result = classify(image)
        end = time.monotonic_ns()
        spent = result.preprocess_ns + result.infer_ns
        parts = (begin - now, result.preprocess_ns, result.infer_ns, end - begin - spent)
        for stage, part in zip(STAGES, parts):
            samples[stage].append(part)
        now = end
    return {'wall_s': (now - start) / 1e9, 'samples': samples, 'peak_rss_mb': peak_rss_mb()}


def peak_rss_mb() -> float:
    """Return the most memory that this process has had resident, loading included."""
    with open('/proc/self/status', encoding='ascii') as file:
        line = next(line for line in file if line.startswith('VmHWM'))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Serve until stdin ends."""
    answers = os.fdopen(os.dup(1), 'w', buffering=1)
    os.dup2(2, 1)  # libraries that print do not disturb the answers
    try:
        job = Job(**json.loads(sys.argv[1]))
        about, classify, size = load(job)
        read = open_reader(job.source, size, exact=job.tutorial)
        if job.photos:
            about['best'] = agreement.best_five(job.photos, classify, size, exact=job.tutorial)
        for _ in range(_WARM_UP_FRAMES):
            classify(read())
    except RpiClassifierError as error:
        print(json.dumps({'error': str(error)}), file=answers)
        return
    print(json.dumps(about), file=answers)
    for line in sys.stdin:
        try:
            print(json.dumps(measure(read, classify, float(line))), file=answers)
        except RpiClassifierError as error:
            print(json.dumps({'error': str(error)}), file=answers)
            return


if __name__ == '__main__':
    main()
