# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The measuring process: loads one model, then reads how long to measure from each line of stdin.

Answers are lines of JSON on stdout: first what was loaded, or an error, then samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
import json
import os
import sys
import time
from typing import Any

import numpy as np

from rpi_classifier.benchmark.agreement import best_five, digest_labels
from rpi_classifier.benchmark.rows import Job, STAGES
from rpi_classifier.config import CameraConfig, ClassifierConfig
from rpi_classifier.errors import RpiClassifierError
from rpi_classifier.inference.classifier import Classifier, Result
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.zoo import build_float_model, build_model
from rpi_classifier.runtime.base import RuntimeInfo
from rpi_classifier.runtime.preprocess import fit

_FASTEST_FPS = 1000.0  # plays files without waiting
_ABOUT = ('runtime', 'engine', 'kernels', 'mode', 'caution')  # of RuntimeInfo, for a row
_WARM_UP_FRAMES = 3  # TorchScript profiles two runs and compiles in the third


@dataclass(frozen=True)
class LoadedJob:
    """
    A job that is ready to be measured.

    ``about`` describes it in fields of ``Row``, ``size`` is the side of the model's input.
    """

    about: dict[str, Any]
    classify: Callable[[Image], Result]
    size: int


def load_job(job: Job) -> LoadedJob:
    """
    Load the model that a job names.

    :raises RpiClassifierError: if it cannot be loaded.
    """
    config = ClassifierConfig(
        model=job.model,
        weights=job.weights,
        engine=job.engine,
        kernels=job.kernels,
        jit=job.jit,
        num_threads=job.threads,
        cache=job.cache,
        **job.model_options,
    )
    if job.tutorial:
        return _load_tutorial(job)
    classifier = _load_float(job) if job.fp32 else Classifier.load(config)
    info = classifier.runtime.info
    about = {name: getattr(info, name) for name in _ABOUT}
    about['weights_backend'] = classifier.weights_backend
    about['classes'] = digest_labels(classifier.labels)
    return LoadedJob(about, classifier.classify, classifier.runtime.buffer.shape[0])


def _load_float(job: Job) -> Classifier:
    model = build_float_model(job.model, job.weights)  # checks torch before it is imported
    from rpi_classifier.runtime.torchscript import set_torch_threads, TorchRuntime

    set_torch_threads(job.threads)
    runtime = TorchRuntime(model.network, model.transform.size)
    runtime.info = RuntimeInfo('torch', 'fp32', 'eager', 'not checked')
    return Classifier(
        LoadedModel(model.name, runtime, model.transform, model.labels, model.weights_backend)
    )


def _load_tutorial(job: Job) -> LoadedJob:
    model = build_model(job.model, job.weights)  # checks torch before it is imported
    from rpi_classifier.benchmark.tutorial import Tutorial

    loop = Tutorial(model, job.threads, engine=job.engine, topk=job.topk)
    about = {
        'runtime': 'torchscript',
        'engine': loop.engine,
        'kernels': loop.engine,
        'mode': 'jit',
        'weights_backend': model.weights_backend,
        'classes': digest_labels(model.labels),
    }
    return LoadedJob(about, loop.classify, model.transform.size)


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
    read: Callable[[], Image], classify: Callable[[Image], Result], seconds: float
) -> dict[str, Any]:
    """Classify frames for some time, at least two; the first one does not count."""
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
    """Return the largest resident memory of this process so far, loading included."""
    with open('/proc/self/status', encoding='ascii') as file:
        line = next(line for line in file if line.startswith('VmHWM'))
    return int(line.split()[1]) / 1024


def answer_lines(job: Job, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """
    Yield what was loaded, then samples for each line, which holds a number of seconds.

    :raises RpiClassifierError: if the model cannot be loaded or a frame cannot be read.
    """
    loaded = load_job(job)
    about, classify = loaded.about, loaded.classify
    read = open_reader(job.source, loaded.size, exact=job.tutorial)
    if job.photos:
        about['best'] = best_five(job.photos, classify, loaded.size, exact=job.tutorial)
    for _ in range(_WARM_UP_FRAMES):
        classify(read())
    yield about
    for line in lines:
        yield measure_frames(read, classify, float(line))


def main() -> None:
    """Load, then answer each line of stdin until it ends."""
    answers = os.fdopen(os.dup(1), 'w', buffering=1)
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    try:
        for answer in answer_lines(Job(**json.loads(sys.argv[1])), sys.stdin):
            print(json.dumps(answer), file=answers)
    except RpiClassifierError as error:
        print(json.dumps({'error': str(error)}), file=answers)
    except BrokenPipeError:  # the benchmark was interrupted before it knew this process
        os._exit(1)


if __name__ == '__main__':
    main()
