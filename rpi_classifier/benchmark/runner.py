# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Run the jobs of a benchmark model by model, alternating between the rows of one model.

People compare the rows of one model; in turns, a slow minute of the machine affects all alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, product
from typing import Any

from rpi_classifier.benchmark.agreement import compare_with_fp32
from rpi_classifier.benchmark.pace import Pace
from rpi_classifier.benchmark.rows import Job, Row
from rpi_classifier.benchmark.worker import disturbance, Worker
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.models.load import determined_options

ROUNDS = 4


def jobs(
    models: list[str],
    *,
    engines: list[str],
    jits: list[bool],
    threads: list[int],
    kernels: Sequence[str] = ('auto',),
    weights: str = 'default',
    cache: bool = True,
    source: str = '',
    reference: bool = False,
    topk: bool = False,
    photos: str = '',
    families: Mapping[str, str] | None = None,
    descriptions: Mapping[str, dict[str, Any]] | None = None,
) -> list[Job]:
    """
    Return all combinations, family by family, each with the tutorial's loop and fp32 at its end.

    :param cache: False compiles models of the zoo again.
    :param topk: add the tutorial's loop with topk, on each engine.
    :param photos: to compare rows with fp32 on; empty: do not compare.
    :param families: the model of the zoo that each file holds.
    :param descriptions: the parameters that describe each file of others.
    """
    groups: dict[str, list[str]] = {}
    for model in models:
        groups.setdefault((families or {}).get(model, model), []).append(model)
    result = []
    for family, members in groups.items():
        common: dict[str, Any] = {
            'cache': cache,
            'source': source,
            'photos': photos,
            'family': family,
        }
        for model in members:
            result += [
                Job(model, **values, **common, model_options=(descriptions or {}).get(model, {}))
                for values in _combinations(
                    model,
                    engine=engines,
                    kernels=kernels,
                    jit=jits,
                    threads=threads,
                    weights=[weights],
                )
            ]
        if reference:
            result += [
                Job(family, weights, 'qnnpack', 'qnnpack', True, number, tutorial=True, **common)
                for number in threads
            ]
        if topk:
            result += [
                Job(family, weights, engine, threads=number, tutorial=True, topk=True, **common)
                for engine, number in product(engines, threads)
            ]
        if photos:
            result.append(Job(family, weights, threads=threads[0], fp32=True, **common))
    return result


def _combinations(model: str, **options: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield all combinations of options, with the defaults for those that a file determines."""
    for name in options.keys() & determined_options(model):
        options[name] = [getattr(ClassifierConfig, name)]
    for values in product(*options.values()):
        yield dict(zip(options, values))


def run_jobs(
    wanted: list[Job], *, duration_s: float, limit_s: float, stress: int = 0
) -> Iterator[Row | None]:
    """
    Measure all jobs; yields None after each of ``steps``, and each row when it is complete.

    :param duration_s: seconds of measuring per row.
    :param limit_s: most seconds per row, loading included.
    :param stress: number of busy processes in the meantime.
    """
    for _, group in groupby(wanted, key=lambda job: job.group):
        workers: list[Worker] = []
        try:
            for job in group:
                workers.append(Worker(job, limit_s))
                yield None
            with disturbance(stress):
                for _ in range(ROUNDS):
                    for worker in workers:
                        worker.measure(Pace(duration_s / ROUNDS))
                        yield None
        finally:
            for worker in workers:
                worker.close()
        compare_with_fp32([worker.row for worker in workers])
        for worker in workers:
            yield worker.row


def steps(wanted: list[Job]) -> int:
    """Return the number of steps of ``run_jobs``."""
    return len(wanted) * (1 + ROUNDS)
