# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The rows of a benchmark as Markdown, CSV or JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
import csv
import io
import json
from typing import Any

from rpi_classifier.benchmark.rows import Row, STAGES

SUFFIXES = ('.md', '.csv', '.json')

# The tutorial's columns first, in its order.
COLUMNS = (
    'model',
    'FPS',
    'total ms/frame',
    'model ms/frame',
    'trained for',
    'runtime',
    'engine',
    'kernels',
    'jit',
    'threads',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'peak RSS MB',
    'frames',
)
AGREEMENT = ('top-1', 'top-5')


def columns(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the titles, with those of agreement only if rows were compared."""
    return COLUMNS + (AGREEMENT if any(row.best for row in rows) else ())


def cells(row: Row) -> list[Any]:
    """Return one row under ``COLUMNS`` and ``AGREEMENT``; without figures if it failed."""
    job = row.job
    jit = '-' if job.fp32 or row.mode == 'exported' else 'on' if job.jit else 'off'
    what = [
        row.weights_backend,
        row.runtime,
        row.engine,
        row.kernels or '-',
        jit,
        job.threads or 'default',
    ]
    if row.error:
        return [job.title, *[None] * 3, *what, *[None] * 4, 0]
    percentiles = [round(row.total_percentile_ms(percent), 2) for percent in (50, 95, 99)]
    model_ms = sum(row.samples['model']) / row.frames / 1e6
    return [
        job.title,
        round(row.fps, 1),
        round(row.total_ms, 2),
        round(model_ms, 2),
        *what,
        *percentiles,
        round(row.peak_rss_mb),
        row.frames,
        *(f'{share:.1%}' for share in row.agreement or ()),
    ]


def markdown(rows: Iterable[Row]) -> str:
    """Return a table, followed by the reasons for empty rows."""
    rows = list(rows)
    titles = columns(rows)
    none = [None] * len(AGREEMENT)
    lines = [list(titles), *([*map(_text, titles, cells(row) + none)] for row in rows)]
    text = [aligned(lines, {0, 4, 5, 6, 7, 8})]
    text += ['', *(f'{row.job.title}: {row.error}' for row in rows if row.error)]
    return '\n'.join(text).rstrip('\n')


def aligned(lines: Sequence[Sequence[str]], left: Collection[int]) -> str:
    """
    Return a Markdown table whose columns are aligned as text, too.

    :param lines: the titles, then the cells.
    :param left: the columns that begin at the left, as words do; numbers end at the right.
    """
    widths = [max(len(line[index]) for line in lines) for index in range(len(lines[0]))]
    rule = [
        '-' * width if index in left else '-' * (width - 1) + ':'
        for index, width in enumerate(widths)
    ]
    return '\n'.join(
        '| '
        + ' | '.join(
            cell.ljust(width) if index in left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(line, widths))
        )
        + ' |'
        for line in [lines[0], rule, *lines[1:]]
    )


def ratios(rows: Iterable[Row]) -> str:
    """
    Return a table of the median of each stage in the tutorial's loop and in ours.

    The last line of a row compares it with the tutorial's loop with topk on the same engine.
    """
    good = [row for row in rows if not row.error]
    lines = [
        "| model | engine | threads | stage | tutorial's loop ms | ours ms | ratio |",
        '|---|---|--:|---|--:|--:|--:|',
    ]
    for row in good:
        if row.job.tutorial or row.job.fp32:
            continue
        references = [
            other
            for other in good
            if other.job.tutorial
            and (other.job.group, other.job.threads) == (row.job.group, row.job.threads)
        ]
        pairs = []
        for reference in references:
            if not reference.job.topk:
                pairs += _stages(reference, row)
            elif reference.engine == row.engine:
                pairs.append(('all, topk on this engine', *_whole(reference, row)))
        engine = row.engine if row.kernels in ('', row.engine) else f'{row.engine}, {row.kernels}'
        what = f'{row.job.model} | {engine}{"" if row.job.jit else ", eager"}'
        lines += [
            f'| {what} | {row.job.threads or "default"} | {stage} | {theirs:.3f} '
            f'| {ours:.3f} | {_ratio(theirs, ours)} |'
            for stage, theirs, ours in pairs
        ]
    return '\n'.join(lines)


def _stages(reference: Row, row: Row) -> list[tuple[str, float, float]]:
    pairs = [(stage, reference.median_ms(stage), row.median_ms(stage)) for stage in STAGES]
    pairs.append(('all but the model', reference.around_model_ms, row.around_model_ms))
    return [*pairs, ('all', *_whole(reference, row))]


def _whole(reference: Row, row: Row) -> tuple[float, float]:
    return reference.total_percentile_ms(50), row.total_percentile_ms(50)


def _ratio(theirs: float, ours: float) -> str:
    return f'{theirs / ours:.2f}' if ours else '-'


def format_table(rows: list[Row], suffix: str) -> str:
    """Return the content of a file of one of ``SUFFIXES``."""
    if suffix == '.md':
        return markdown(rows) + '\n'
    if suffix == '.csv':
        stream = io.StringIO()
        csv.writer(stream, lineterminator='\n').writerows([columns(rows), *map(cells, rows)])
        return stream.getvalue()
    return json.dumps([_as_json(row) for row in rows], indent=1) + '\n'


def _as_json(row: Row) -> dict[str, Any]:
    medians = {} if row.error else {stage: row.median_ms(stage) for stage in STAGES}
    return {
        **dict(zip(COLUMNS + AGREEMENT, cells(row))),
        'stage medians ms': medians,
        'error': row.error,
        'caution': row.caution,
    }


def _text(column: str, cell: Any) -> str:
    if isinstance(cell, float):
        return f'{cell:.1f}' if column == 'FPS' else f'{cell:.2f}'
    return '' if cell is None else str(cell)
