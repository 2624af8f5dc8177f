# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0


"""
The order of a benchmark: model by model, and the rows of one model in turns.

Rows of one model are what people compare; in turns, a slow minute of the machine hits all alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, product
from typing import Any

from rpi_classifier.benchmark.agreement import compare
from rpi_classifier.benchmark.rows import Job, Row
from rpi_classifier.benchmark.worker import disturbance, Worker

ROUNDS = 4


def jobs(
    models: list[str],
    *,
    engines: list[str],
    jits: list[bool],
    threads: list[int],
    kernels: Sequence[str] = ('auto',),
    weights: str = 'default',
    source: str = '',
    reference: bool = False,
    topk: bool = False,
    photos: str = '',
    families: Mapping[str, str] | None = None,
) -> list[Job]:
    """
    Return all combinations, family by family; the tutorial's loop and fp32 last of each.

    :param topk: the tutorial's loop also with topk, on each engine.
    :param photos: where rows are compared with fp32; empty: not at all.
    :param families: the model of the zoo that each file holds.
    """
    groups: dict[str, list[str]] = {}
    for model in models:
        groups.setdefault((families or {}).get(model, model), []).append(model)
    result = []
    for family, members in groups.items():
        common: dict[str, Any] = {'source': source, 'photos': photos, 'family': family}
        for model in members:
            # Engines, kernels and jit are torch's; files bring their weights.
            own = 'default' if model.endswith(('.pt', '.pte')) else weights
            exported = model.endswith('.pte')
            result += [
                Job(model, own, engine, kind, jit, number, **common)
                for engine, kind, jit, number in product(
                    ['auto'] if exported else engines,
                    ['auto'] if exported else kernels,
                    [True] if exported else jits,
                    threads,
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


def run(
    wanted: list[Job], *, duration_s: float, limit_s: float, stress: int = 0
) -> Iterator[Row | None]:
    """
    Measure; yields None after each step of ``steps`` and each row when it is complete.

    :param duration_s: seconds of measuring per row.
    :param limit_s: most seconds per row, loading included.
    :param stress: number of busy processes meanwhile.
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
                        worker.measure(duration_s / ROUNDS)
                        yield None
        finally:
            for worker in workers:
                worker.close()
        compare([worker.row for worker in workers])
        for worker in workers:
            yield worker.row


def steps(wanted: list[Job]) -> int:
    """Return how many steps ``run`` takes."""
    return len(wanted) * (1 + ROUNDS)
