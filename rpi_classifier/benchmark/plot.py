# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The rows of a benchmark, and the ways that tune compares, as pictures."""

from __future__ import annotations

from collections.abc import Sequence
import importlib.util
import io
from typing import Any

from rpi_classifier.benchmark.rows import Row
from rpi_classifier.benchmark.trial import Trial
from rpi_classifier.errors import ConfigError

_GOAL_FPS = 30


def require_matplotlib(option: str = 'plot') -> None:
    """
    Call this before anything is measured.

    :param option: that asks for a picture.
    :raises ConfigError: if matplotlib is missing.
    """
    if not importlib.util.find_spec('matplotlib'):
        raise ConfigError(f'{option}: matplotlib is not installed; run: pip install matplotlib')


def draw_rows(rows: list[Row]) -> bytes:
    """
    Draw bars of FPS and, with several numbers of threads, latency against threads.

    :returns: the content of a PNG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    good = [row for row in rows if not row.error]
    several = len({row.job.threads for row in good}) > 1
    height = max(3.0, 1.2 + 0.3 * len(good))
    figure = Figure(figsize=(13 if several else 8, height), layout='constrained')
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, 2 if several else 1, squeeze=False)[0]
    _bars(axes[0], good)
    if several:
        _tails(axes[1], good)
    return figure_png(figure)


def draw_trials(trials: Sequence[Trial], chosen: Trial | None, fps: float) -> bytes:
    """
    Draw the time of a frame for each way: p50 as a bar, from there a line to p99 with p95 marked.

    :param chosen: drawn in another colour.
    :param fps: the camera's rate, drawn as a limit.
    :returns: the content of a PNG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    good = sorted((one for one in trials if not one.error), key=lambda one: one.p95_ms)
    figure = Figure(figsize=(9, max(3.0, 1.5 + 0.35 * len(good))), layout='constrained')
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for place, trial in enumerate(good):
        p50, p95, p99 = (trial.paced.total_percentile_ms(percent) for percent in (50, 95, 99))
        axes.barh(place, p50, color='tab:green' if trial is chosen else 'tab:blue')
        axes.plot([p50, p99], [place, place], color='black')
        axes.plot(p95, place, marker='|', markersize=12, color='black')
    axes.set_yticks(range(len(good)), [one.title for one in good])
    axes.invert_yaxis()
    axes.axvline(1e3 / fps, color='black', linestyle='--', label=f'{fps:g} fps')
    axes.set_xlabel(f'ms per frame at {fps:g} fps: bar p50, mark p95, line p99; green: chosen')
    axes.legend(loc='lower right')
    return figure_png(figure)


def figure_png(figure: Any) -> bytes:
    """Return the content of a PNG file of a figure of matplotlib."""
    stream = io.BytesIO()
    figure.savefig(stream, format='png', dpi=120)
    return stream.getvalue()


def _label(row: Row, *, threads: bool = True) -> str:
    parts = [row.job.title, row.engine]
    if not row.job.jit:
        parts.append('eager')
    if threads and row.job.threads:
        parts.append(f'{row.job.threads} threads')
    return ', '.join(parts)


def _bars(axes: Any, rows: list[Row]) -> None:
    axes.barh(range(len(rows)), [row.fps for row in rows])
    axes.set_yticks(range(len(rows)), [_label(row) for row in rows])
    axes.invert_yaxis()
    axes.axvline(_GOAL_FPS, color='black', linestyle='--', label=f'{_GOAL_FPS} fps')
    axes.set_xscale('log')
    axes.set_xlabel('frames per second')
    axes.legend(loc='lower right')


def _tails(axes: Any, rows: list[Row]) -> None:
    """Draw one line per model and engine: the median, and above it the tail up to p99."""
    lines: dict[str, list[Row]] = {}
    for row in rows:
        lines.setdefault(_label(row, threads=False), []).append(row)
    for label, members in lines.items():
        members.sort(key=lambda row: row.job.threads)
        threads = [row.job.threads for row in members]
        median = [row.total_percentile_ms(50) for row in members]
        tail = [row.total_percentile_ms(99) for row in members]
        (line,) = axes.plot(threads, median, marker='o', label=label)
        axes.fill_between(threads, median, tail, alpha=0.2, color=line.get_color())
    axes.set_xticks(sorted({row.job.threads for row in rows}))
    axes.set_xlabel("threads (0: torch's default)")
    axes.set_ylabel('ms per frame: median, shaded to p99')
    axes.set_yscale('log')
    axes.legend(fontsize='small')
