# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The jobs of a benchmark, and the row of figures that each gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.stats import percentile

STAGES = ('read', 'preprocess', 'model', 'postprocess')


@dataclass(frozen=True)
class Job:
    """
    One row to measure; ``weights`` to ``cache`` are parameters of the classifier.

    ``family`` is the model of the zoo that a file holds. ``photos`` are those on which rows are
    compared with the row that has ``fp32``, in crops unless ``whole_photos``. ``exact`` runs an
    ONNX file with exact products even where that is slow. ``tutorial`` measures the tutorial's
    loop on ``engine``, with ``topk`` the same loop with torch's topk in place of its sort.
    ``model_options`` are the parameters that describe a model file of others.
    """

    model: str
    weights: str = ClassifierConfig.weights
    engine: str = ClassifierConfig.engine
    kernels: str = ClassifierConfig.kernels
    jit: bool = ClassifierConfig.jit
    threads: int = ClassifierConfig.num_threads
    cache: bool = ClassifierConfig.cache
    source: str = ''
    tutorial: bool = False
    topk: bool = False
    family: str = ''
    photos: str = ''
    fp32: bool = False
    whole_photos: bool = False
    exact: bool = False
    model_options: dict[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """Return what the rows to be compared have in common."""
        return self.family or self.model

    @property
    def title(self) -> str:
        """Return the name in tables."""
        if self.fp32:
            return f'{self.model}, fp32'
        loop = "tutorial's loop, topk" if self.topk else "tutorial's loop"
        return f'{self.model}, {loop}' if self.tutorial else self.model


@dataclass
class Row:
    """
    The samples of one job, in nanoseconds by stage, or the reason why there are none.

    ``first_result_ns`` is when the first frame was classified, by time.monotonic_ns, and
    ``ready_s`` how long after the start of the process. ``rss_mb`` is the resident memory then.
    """

    job: Job
    weights_backend: str = ''
    runtime: str = ''
    engine: str = ''
    kernels: str = ''
    mode: str = ''
    caution: str = ''
    error: str = ''
    wall_s: float = 0.0
    cpu_s: float = 0.0
    first_result_ns: int = 0
    ready_s: float = float('nan')
    rss_mb: float = 0.0
    peak_rss_mb: float = 0.0
    classes: str = ''
    best: list[list[int]] = field(default_factory=list)
    agreement: tuple[float, float] | None = None
    samples: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in STAGES})

    def describe(self, about: Mapping[str, Any]) -> None:
        """Set the fields that ``about`` names."""
        for name, value in about.items():
            setattr(self, name, value)

    def add(self, measured: Mapping[str, Any]) -> None:
        """Add what ``measure_frames`` returned."""
        self.wall_s += measured['wall_s']
        self.cpu_s += measured['cpu_s']
        self.peak_rss_mb = measured['peak_rss_mb']
        for stage, values in measured['samples'].items():
            self.samples[stage] += values

    @property
    def frames(self) -> int:
        """Return the number of frames measured."""
        return len(self.samples['model'])

    @property
    def fps(self) -> float:
        """Return frames per second, reading included."""
        return self.frames / self.wall_s if self.wall_s else float('nan')

    @property
    def total_ms(self) -> float:
        """Return the time per frame, reading included."""
        return 1e3 / self.fps

    @property
    def cpu_ms_per_frame(self) -> float:
        """Return the CPU time per frame, of all threads."""
        return 1e3 * self.cpu_s / self.frames if self.frames else float('nan')

    def median_ms(self, stage: str) -> float:
        """Return the median of a stage."""
        return percentile(self.samples[stage], 50) / 1e6

    @property
    def around_model_ms(self) -> float:
        """Return the median of the time outside the model."""
        others = [values for stage, values in self.samples.items() if stage != 'model']
        return percentile(_sums(others), 50) / 1e6

    def total_percentile_ms(self, percent: float) -> float:
        """Return a percentile of the whole frame."""
        return percentile(_sums(self.samples.values()), percent) / 1e6


def _sums(stages: Iterable[list[int]]) -> list[int]:
    return [sum(parts) for parts in zip(*stages)]
