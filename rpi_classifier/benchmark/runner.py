# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.


"""
The order of a benchmark: model by model, and the rows of one model in turns.

Rows of one model are what people compare; in turns, a slow minute of the machine hits all alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, product

from rpi_classifier.benchmark.rows import Job, Row
from rpi_classifier.benchmark.worker import disturbance, Worker

ROUNDS = 4


def jobs(
    models: list[str],
    *,
    engines: list[str],
    jits: list[bool],
    threads: list[int],
    weights: str = 'default',
    source: str = '',
    reference: bool = False,
) -> list[Job]:
    """Return all combinations, model by model; the tutorial's loop last of each."""
    result = []
    for model in models:
        result += [
            Job(model, weights, engine, jit, number, source)
            for engine, jit, number in product(engines, jits, threads)
        ]
        if reference:
            result += [
                Job(model, weights, 'qnnpack', True, number, source, tutorial=True)
                for number in threads
            ]
    return result


def run(
    wanted: list[Job], *, duration_s: float, limit_s: float, stress: int = 0
) -> Iterator[Row | None]:
    """
    Measure; yields None after each step of ``steps`` and each row when it is complete.

    :param duration_s: seconds of measuring per row.
    :param limit_s: most seconds per row, loading included.
    :param stress: number of busy processes meanwhile.
    """
    for _, group in groupby(wanted, key=lambda job: job.model):
        workers: list[Worker] = []
        try:
            for job in group:
                workers.append(Worker(job, limit_s))
                yield None
            with disturbance(stress):
                for _ in range(ROUNDS):
                    for worker in workers:
                        worker.measure(duration_s / ROUNDS)
                        yield None
        finally:
            for worker in workers:
                worker.close()
        for worker in workers:
            yield worker.row


def steps(wanted: list[Job]) -> int:
    """Return how many steps ``run`` takes."""
    return len(wanted) * (1 + ROUNDS)
