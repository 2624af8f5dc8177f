# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Measure every way to run a model on this machine, and how far its classes agree with a reference.

Each way runs in processes of its own, one at a time, so that memory suffices on a small board; in
rounds, so that a slow minute of the machine affects all alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rpi_classifier.benchmark.build_file import build_file
from rpi_classifier.benchmark.pace import evicting_bytes, Pace
from rpi_classifier.benchmark.pictures import calibration_photos, Pictures
from rpi_classifier.benchmark.rows import Job
from rpi_classifier.benchmark.trial import Trial
from rpi_classifier.benchmark.ways import absolute, REFERENCE, Way, ways_of, ways_of_file
from rpi_classifier.benchmark.worker import disturbance, Worker
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.errors import ConfigError
from rpi_classifier.models.file_format import ExportRequest
from rpi_classifier.models.load import format_of, read_metadata

Advance = Callable[[str], Any]  # takes what was done

ROUNDS = 3
_FLAT_PART = 0.2  # of the time at a camera's rate
_LIMITS = {
    'threads': (1, 64),
    'fps': (0.1, 1000),
    'duration': (0.1, 3600),
    'limit': (0.1, 3600),
    'busy': (0, 64),
    'max_drop': (0, 100),
}


@dataclass(frozen=True)
class TuneRequest:
    """
    What to compare.

    ``model`` is one of the zoo or a file, ``threads`` and ``runtimes`` are those to try,
    ``photos`` is the user's folder or empty. ``duration`` is for each way at ``fps``, ``limit``
    the most for one process, in seconds. ``busy`` processes compute meanwhile. At most
    ``max_drop`` percent of the pictures may get another class than the reference gives.
    """

    model: str
    runtimes: tuple[str, ...]
    threads: tuple[int, ...]
    fps: float = 30.0
    duration: float = 10.0
    limit: float = 120.0
    busy: int = 0
    max_drop: float = 0.0
    weights: str = ClassifierConfig.weights
    photos: str = ''
    model_options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse numbers that are not allowed."""
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            if not all(low <= one <= high for one in (value if name == 'threads' else [value])):
                option = name.replace('_', '-')
                raise ConfigError(f'{option}: {value} is not from {low} to {high}')
        if self.duration > self.limit:
            raise ConfigError(f'duration: {self.duration:g} is more than --limit, {self.limit:g}')

    @property
    def conditions(self) -> str:
        """Return how frames come, for a sentence."""
        neighbours = 'a busy process' if self.busy == 1 else f'{self.busy} busy processes'
        return f'at {self.fps:g} fps' + (f' beside {neighbours}' if self.busy else '')

    @property
    def is_file(self) -> bool:
        """Return True if the model is a file, which runs as it is."""
        return ClassifierConfig(model=self.model).is_file


@dataclass(frozen=True)
class Reference:
    """
    What the classes of all ways are compared with.

    ``best`` are its best classes for each picture, best first; empty if there is no reference.
    """

    name: str
    best: list[list[int]] = field(default_factory=list)


def plan_trials(request: TuneRequest, pictures: Pictures, folder: Path) -> list[Trial]:
    """
    Return what to measure; ways whose packages are missing have the reason and no threads.

    :param folder: where exported files will be.
    :raises ModelError: if the model is a file that cannot be read.
    """
    if request.is_file:
        metadata = read_metadata(request.model, request.model_options.get('model_sha256', ''))
        ways = ways_of_file(format_of(request.model).runtime, metadata)
    else:
        ways = ways_of(request.runtimes)
    trials = []
    for way in ways:
        missing = way.missing(export=not request.is_file)
        for threads in [0] if missing else request.threads:
            job = job_of(request, way, pictures, folder, threads)
            trials.append(Trial(way, job, refusal=missing and f'not installed: {missing}'))
    if not request.is_file and REFERENCE not in ways and not REFERENCE.missing(export=True):
        job = job_of(request, REFERENCE, pictures, folder, request.threads[0])
        trials.append(Trial(REFERENCE, job, candidate=False))
    return trials


def job_of(request: TuneRequest, way: Way, pictures: Pictures, folder: Path, threads: int) -> Job:
    """Return what the measuring process is to load."""
    return Job(
        str(absolute(Path(request.model)) if request.is_file else folder / way.file_name),
        engine=way.engine,
        kernels=way.kernels,
        threads=threads,
        family=request.model,
        photos=str(pictures.folder),
        whole_photos=True,
        model_options=request.model_options,
    )


def build_files(request: TuneRequest, trials: Sequence[Trial], advance: Advance) -> list[Trial]:
    """
    Export the model for all ways that have no file yet.

    :returns: the trials; of those whose export failed, one for each way, with the reason and no
        threads.
    """
    failures: dict[str, str] = {}
    for trial in [] if request.is_file else trials:
        if not trial.refusal and trial.job.model not in failures:
            failures[trial.job.model] = build_file(_export_request(request, trial))
            advance(f'export for {trial.way.runtime}, engine {trial.way.engine}')
    first = request.threads[0]
    for trial in trials:
        trial.refusal = trial.refusal or failures.get(trial.job.model, '')
    kept = [trial for trial in trials if not trial.refusal or trial.job.threads in (0, first)]
    return [
        replace(trial, job=replace(trial.job, threads=0)) if trial.refusal else trial
        for trial in kept
    ]


def _export_request(request: TuneRequest, trial: Trial) -> ExportRequest:
    path = Path(trial.job.model)
    takes = format_of(trial.job.model).export_takes
    engine = trial.way.engine if 'engine' in takes else 'auto'
    photos = calibration_photos(request.photos) if 'photos' in takes else ()
    return ExportRequest(request.model, path, request.weights, engine, photos)


def find_reference(request: TuneRequest, trials: Sequence[Trial], advance: Advance) -> Reference:
    """Classify the pictures with the first reference that works here."""
    try:
        for name, job in _references(request, trials):
            worker = Worker(job, request.limit, quiet=True)
            worker.close()
            if not worker.row.error:
                return Reference(name, worker.row.best)
        return Reference('no reference: only the known answers were checked')
    finally:
        advance('reference')


def _references(request: TuneRequest, trials: Sequence[Trial]) -> list[tuple[str, Job]]:
    """Return the names and jobs to try, the best one first."""
    ready = [trial for trial in trials if not trial.refusal]
    found = [(one.way.title, one.job) for one in ready if one.way == REFERENCE]
    for trial in ready:
        if trial.way.runtime == 'onnx' and not has_exact_byte_products():
            found.append(('onnx with exact products', replace(trial.job, exact=True)))
        if request.is_file or trial.way.runtime == 'onnx':
            found.append((trial.way.title, trial.job))
    return found


def run_rounds(request: TuneRequest, trials: Sequence[Trial], advance: Advance) -> None:
    """Measure all trials in turns; one that fails is left out of the next rounds."""
    seconds = request.duration / ROUNDS
    paced = Pace(seconds, request.fps, evicting_bytes())
    flat = Pace(seconds * _FLAT_PART)
    with disturbance(request.busy):
        for _ in range(ROUNDS):
            for trial in trials:
                if not trial.error and trial.candidate:
                    trial.measure(paced, flat, request.limit)
                advance(trial.title)


def tune_steps(trials: Sequence[Trial]) -> int:
    """Return at least as many steps as ``advance`` is called, exports and reference included."""
    files = {trial.job.model for trial in trials if not trial.refusal}
    return len(files) + 1 + ROUNDS * len(trials)
