# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The measuring process: loads one model, then reads a pace to measure at from each line of stdin.

Both are JSON. Answers are lines of JSON on stdout: first what was loaded, or an error, then
samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
import json
import os
import signal
import sys
import time
from typing import Any

from rpi_classifier.benchmark.agreement import best_five, digest_labels
from rpi_classifier.benchmark.frames import measure_frames, memory_mb, open_reader
from rpi_classifier.benchmark.pace import Pace
from rpi_classifier.benchmark.rows import Job
from rpi_classifier.bringup.parent_death import end_with_parent
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import RpiClassifierError
from rpi_classifier.inference.classifier import Classifier, Result
from rpi_classifier.inference.float_classifier import load_float_classifier
from rpi_classifier.input_spec import Image
from rpi_classifier.models.onnx_file import load_exact_onnx
from rpi_classifier.models.zoo import build_model

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
    classifier = _load_classifier(job, config)
    info = classifier.runtime.info
    about = {name: getattr(info, name) for name in _ABOUT}
    about['weights_backend'] = classifier.weights_backend
    about['classes'] = digest_labels(classifier.labels)
    return LoadedJob(about, classifier.classify, classifier.runtime.buffer.shape[0])


def _load_classifier(job: Job, config: ClassifierConfig) -> Classifier:
    if job.fp32:
        return load_float_classifier(job.model, job.weights, job.threads)
    return Classifier(load_exact_onnx(config)) if job.exact else Classifier.load(config)


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


def answer_lines(job: Job, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """
    Yield what was loaded, then samples for each line, which holds a pace.

    :raises RpiClassifierError: if the model cannot be loaded or a frame cannot be read.
    """
    yield from answers(load_job(job), job, lines)


def answers(loaded: LoadedJob, job: Job, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Do what ``answer_lines`` does, with a job that is already loaded."""
    about, classify = loaded.about, loaded.classify
    read = open_reader(job.source, loaded.size, exact=job.tutorial)
    classify(read())
    about['first_result_ns'] = time.monotonic_ns()
    for _ in range(_WARM_UP_FRAMES):
        classify(read())
    about['rss_mb'], about['peak_rss_mb'] = memory_mb('VmRSS'), memory_mb('VmHWM')
    if job.photos:
        about['best'] = best_five(job, classify, loaded.size)
    yield about
    for line in lines:
        yield measure_frames(read, classify, Pace(**json.loads(line)))


def print_answers(answers_to: Callable[[Iterable[str]], Iterator[dict[str, Any]]]) -> None:
    """Answer each line of stdin until it ends, or the parent does."""
    end_with_parent(signal.SIGKILL)
    stream = os.fdopen(os.dup(1), 'w', buffering=1)
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    try:
        for answer in answers_to(sys.stdin):
            print(json.dumps(answer), file=stream)
    except RpiClassifierError as error:
        print(json.dumps({'error': str(error)}), file=stream)
    except BrokenPipeError:  # the benchmark was interrupted before it knew this process
        os._exit(1)


def main() -> None:
    """Measure the job of the command line."""
    job = Job(**json.loads(sys.argv[1]))
    print_answers(lambda lines: answer_lines(job, lines))


if __name__ == '__main__':
    main()
