# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""One way with one number of threads, and what was measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from rpi_classifier.benchmark.agreement import shares
from rpi_classifier.benchmark.pace import Pace
from rpi_classifier.benchmark.rows import Job, Row
from rpi_classifier.benchmark.ways import Way
from rpi_classifier.benchmark.worker import Worker


@dataclass
class Trial:
    """
    The measurements of one job: ``paced`` at a camera's rate, ``flat`` back to back.

    ``loads`` has a row for each time that it was loaded, ``refusal`` says why it never was.
    ``agreement`` is the share of pictures with the reference's class; None if that is not known.
    What is no ``candidate`` is the reference only.
    """

    way: Way
    job: Job
    candidate: bool = True
    paced: Row = field(init=False)
    flat: Row = field(init=False)
    loads: list[Row] = field(default_factory=list)
    refusal: str = ''
    agreement: float | None = None

    def __post_init__(self) -> None:
        """Make empty rows."""
        self.paced, self.flat = Row(self.job), Row(self.job)

    @property
    def title(self) -> str:
        """Return the way and the number of threads, for a sentence."""
        number = self.job.threads
        return f'{self.way.title} with {number} thread{"" if number == 1 else "s"}'

    @property
    def error(self) -> str:
        """Return why there are no figures; empty if there are."""
        said = self.refusal or next((row.error for row in self.loads if row.error), '')
        return said.removeprefix(f'model {self.job.model}: ')

    @property
    def p95_ms(self) -> float:
        """Return what the choice is made by: p95 of the whole frame at a camera's rate."""
        return self.paced.total_percentile_ms(95)

    @property
    def ready_s(self) -> float:
        """Return the median time from the start of a process to its first result."""
        return median(row.ready_s for row in self.loads)

    @property
    def rss_mb(self) -> float:
        """Return the largest resident memory of a process that is ready."""
        return max(row.rss_mb for row in self.loads)

    @property
    def peak_rss_mb(self) -> float:
        """Return the largest resident memory of a process until it is ready."""
        return max(row.peak_rss_mb for row in self.loads)

    @property
    def caution(self) -> str:
        """Return what this way does worse than another one."""
        return self.loads[0].caution if self.loads else ''

    def measure(self, paced: Pace, flat: Pace, limit_s: float) -> None:
        """Load and measure once more, in a new process; pictures are classified only once."""
        job = replace(self.job, photos='') if self.loads else self.job
        worker = Worker(job, limit_s, quiet=True)
        try:
            worker.measure(paced, self.paced)
            worker.measure(flat, self.flat)
        finally:
            worker.close()
        self.loads.append(worker.row)

    def compare(self, reference: Sequence[Sequence[int]]) -> None:
        """
        Set the agreement with a reference.

        :param reference: the best classes of each picture; empty: there is none.
        """
        if reference and not self.error:
            self.agreement = shares(self.loads[0].best, reference)[0]
