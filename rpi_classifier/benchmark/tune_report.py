# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What ``tune`` measured, as a table for people and as JSON with all samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
import os
from typing import Any

from rpi_classifier import board
from rpi_classifier.benchmark.choose import Choice, Chooser
from rpi_classifier.benchmark.rows import Row
from rpi_classifier.benchmark.table import aligned
from rpi_classifier.benchmark.trial import Trial
from rpi_classifier.cpu import processor_name
from rpi_classifier.versions import versions

TITLES = (
    'way',
    'threads',
    'ready s',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'CPU ms',
    'flat p50 ms',
    'flat p95 ms',
    'MB',
    'peak MB',
    'agree',
    'note',
)
_LONGEST = 40  # of a reason within the table; longer ones stand below it


@dataclass(frozen=True)
class Tuned:
    """What was measured, and on what machine."""

    trials: list[Trial]
    chooser: Chooser
    about: str

    def choice(self) -> Choice:
        """
        Return what to take.

        :raises RpiClassifierError: if nothing could be measured.
        """
        return self.chooser.choose(self.trials)

    @property
    def chosen(self) -> Trial | None:
        """Return what to take; None if nothing could be measured."""
        return None if all(one.error for one in self.trials) else self.choice().trial


def about_machine() -> str:
    """Return what the figures are of: board, cores, time, and the state of the board."""
    name = board.model_name() or processor_name()
    now = datetime.now().astimezone()
    said = f'{name}, {len(os.sched_getaffinity(0))} cores, {now:%Y-%m-%d %H:%M}'
    trouble = board.read_board().throttling()
    return f'{said}, {trouble}: measure again' if trouble else said


def tune_table(tuned: Tuned) -> str:
    """Return a Markdown table, the fastest way first, followed by reasons and explanations."""
    chooser, chosen = tuned.chooser, tuned.chosen
    ordered = sorted(tuned.trials, key=lambda one: (bool(one.error), _order(one)))
    lines = [list(TITLES), *(_cells(one, chooser, one is chosen) for one in ordered)]
    text = [aligned(lines, {0, len(TITLES) - 1}), '', _explanation(chooser)]
    cautions = dict.fromkeys(f'{one.way.title}: {one.caution}' for one in ordered if one.caution)
    text += [*cautions, *_long_reasons(ordered)]
    return '\n'.join(text)


def tune_json(tuned: Tuned) -> dict[str, Any]:
    """Return everything that was measured; samples are nanoseconds by stage."""
    chooser, chosen = tuned.chooser, tuned.chosen
    return {
        'machine': tuned.about,
        'versions': versions('torch', 'onnxruntime', 'executorch', 'numpy'),
        'request': asdict(chooser.request),
        'pictures': {'number': chooser.pictures.number, 'name': chooser.pictures.name},
        'reference': asdict(chooser.reference),
        'chosen': chosen.title if chosen else None,
        'reasons': list(tuned.choice().reasons) if chosen else [],
        'ways': [_as_json(one) for one in tuned.trials],
    }


def _order(trial: Trial) -> float:
    return 0.0 if trial.error else trial.p95_ms


def _cells(trial: Trial, chooser: Chooser, chosen: bool) -> list[str]:
    threads = str(trial.job.threads or '-')
    if trial.error:
        note = 'see below' if _is_long(trial) else trial.error
        return [trial.way.title, threads, *[''] * (len(TITLES) - 3), note]
    paced = [f'{trial.paced.total_percentile_ms(percent):.2f}' for percent in (50, 95, 99)]
    flat = [f'{trial.flat.total_percentile_ms(percent):.2f}' for percent in (50, 95)]
    return [
        trial.way.title,
        threads,
        f'{trial.ready_s:.2f}',
        *paced,
        f'{trial.paced.cpu_ms_per_frame:.2f}',
        *flat,
        f'{trial.rss_mb:.0f}',
        f'{trial.peak_rss_mb:.0f}',
        chooser.agreement(trial),
        'chosen' if chosen else '',
    ]


def _long_reasons(trials: Sequence[Trial]) -> list[str]:
    """Return the reasons that do not fit into the table, each once."""
    names: dict[str, list[str]] = {}
    for trial in trials:
        if _is_long(trial):
            name = trial.title if trial.job.threads else trial.way.title
            names.setdefault(trial.error, []).append(name)
    return [f'{", ".join(named)}: {reason}' for reason, named in names.items()]


def _is_long(trial: Trial) -> bool:
    return len(trial.error) > _LONGEST


def _explanation(chooser: Chooser) -> str:
    request, pictures = chooser.request, chooser.pictures
    return (
        f'p50 to CPU: per frame {request.conditions}, with cold caches; flat: back to back. '
        'ready: from the start of the process to its first result. MB: memory then. agree: the '
        f'same best class as {chooser.reference.name}, of {pictures.number} {pictures.name}.'
    )


def _as_json(trial: Trial) -> dict[str, Any]:
    loads = [row for row in trial.loads if not row.error]
    return {
        'way': trial.way.title,
        'threads': trial.job.threads,
        'engine': trial.way.engine,
        'kernels': trial.way.kernels,
        'error': trial.error,
        'caution': trial.caution,
        'agreement': trial.agreement,
        'best': loads[0].best if loads else [],
        'ready_s': [row.ready_s for row in loads],
        'rss_mb': [row.rss_mb for row in loads],
        'peak_rss_mb': [row.peak_rss_mb for row in loads],
        'paced': _samples(trial.paced),
        'flat': _samples(trial.flat),
    }


def _samples(row: Row) -> dict[str, Any]:
    return {'wall_s': row.wall_s, 'cpu_s': row.cpu_s, 'samples_ns': row.samples}
