# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Measures the real nodes, as processes, from a source to the published result.

Photos stand for the camera. The nodes are not imported here: they run as they do on a robot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import psutil

from rpi_classifier.bringup.processes import Running, running
from rpi_classifier.errors import RpiClassifierError
from rpi_classifier.stats import percentile, RESULT_STAGES

UNTHROTTLED_FPS = 1000.0
STAGES = RESULT_STAGES[:5]  # of the node's own diagnostics, without their sums
_AROUND = ('receive', 'preprocess', 'publish')  # top-k is in preprocess


@dataclass(frozen=True)
class NodesRow:
    """What one arrangement of the nodes achieved; times in milliseconds."""

    arrangement: str
    fps: float
    p50: float
    p95: float
    p99: float
    cpu_per_frame: float
    stages: dict[str, float]

    def stage(self, name: str) -> float:
        """Return the median of a stage."""
        return self.stages.get(f'{name} ms p50', float('nan'))

    @property
    def around_model(self) -> float:
        """Return the sum of the medians of all work except the model's."""
        return sum(map(self.stage, _AROUND))


def measure_nodes(
    source: Path, *, composed: bool, fps: float, seconds: float, parameters: dict[str, Any]
) -> NodesRow:
    """
    Run the nodes for a while and measure them.

    :param source: folder of photos or video file.
    :param composed: one process, or two.
    :param fps: rate of the source in Hz.
    :param seconds: how long to listen, after the first results.
    :param parameters: more parameters for the nodes.
    :raises RpiClassifierError: if no result comes.
    """
    given = {'composed': str(composed).lower(), 'device': str(source), 'log_level': 'warn'}
    settings = {'fps': fps, 'photo_seconds': 0.0, **parameters}
    with running(given, settings) as nodes:
        report, cpu_s = _probe(nodes, seconds)
    p50, p95, p99 = (percentile(report['end_to_end_ms'], percent) for percent in (50, 95, 99))
    name = 'one process' if composed else 'two processes'
    return NodesRow(
        f'{name}, {"unthrottled" if fps == UNTHROTTLED_FPS else f"{fps:g} fps"}',
        report['results'] / report['seconds'],
        p50,
        p95,
        p99,
        1000 * cpu_s / max(1, report['results']),
        {key: float(value) for key, value in report['stages'].items() if key.endswith('p50')},
    )


def _probe(nodes: Running, seconds: float) -> tuple[dict[str, Any], float]:
    """Return the probe's report and the CPU seconds of the nodes while it measured."""
    probe = subprocess.Popen(
        [sys.executable, '-m', 'rpi_classifier.probes.latency_probe', str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=nodes.environment,
    )
    assert probe.stderr
    for line in probe.stderr:
        if 'measuring' in line:
            break
    before = _cpu_s(nodes)
    output, errors = probe.communicate()
    if probe.returncode:
        reason = (errors.strip().splitlines() or ['see above'])[-1]
        raise RpiClassifierError(f'the nodes gave no results to measure: {reason}')
    return json.loads(output), _cpu_s(nodes) - before


def _cpu_s(nodes: Running) -> float:
    alive = (node.pid for node in nodes.processes if node.poll() is None)
    times = [psutil.Process(pid).cpu_times() for pid in alive]
    return float(sum(time.user + time.system for time in times))


def arrangements(
    source: Path, seconds: float, parameters: dict[str, Any], bare_hz: float | None = None
) -> Iterator[NodesRow]:
    """
    Measure one process and two, at 30 fps and as fast as the source delivers.

    :param bare_hz: rate of the bare loop. One process is also measured with a source of that rate:
        reading then takes as long as the model, so the rate holds if both overlap and is halved
        if not.
    :raises RpiClassifierError: if no result comes.
    """
    for fps in (30.0, UNTHROTTLED_FPS):
        for composed in (True, False):
            yield measure_nodes(
                source, composed=composed, fps=fps, seconds=seconds, parameters=parameters
            )
    if bare_hz:
        fps = round(bare_hz, 1)
        yield measure_nodes(source, composed=True, fps=fps, seconds=seconds, parameters=parameters)


@contextmanager
def noise(size: int) -> Iterator[Path]:
    """Make a temporary folder with four images of noise, [size, size, 3]."""
    generator = np.random.default_rng(0)
    with TemporaryDirectory() as folder:
        for index in range(4):
            image = generator.integers(0, 256, (size, size, 3), np.uint8)
            cv2.imwrite(f'{folder}/{index}.png', image)
        yield Path(folder)


def nodes_table(rows: Iterable[NodesRow], loops: Iterable[tuple[str, float]]) -> str:
    """
    Return the rows as Markdown, each with its rate relative to bare loops of the same run.

    :param loops: name and rate in Hz of each.
    """
    loops = list(loops)
    titles = ['nodes', 'fps', *(f'rate / {name}' for name, _ in loops), 'end to end p50 ms']
    titles += ['p95 ms', 'p99 ms', 'CPU ms/frame', *(f'{stage} ms' for stage in STAGES)]
    titles.append('all but wait, infer')
    lines = ['| ' + ' | '.join(titles) + ' |', '|---|' + '--:|' * (len(titles) - 1)]
    for row in rows:
        cells = [row.arrangement, f'{row.fps:.1f}', *(f'{row.fps / hz:.2f}' for _, hz in loops)]
        cells += [f'{value:.2f}' for value in (row.p50, row.p95, row.p99, row.cpu_per_frame)]
        cells += [f'{row.stage(stage):.3f}' for stage in STAGES]
        cells.append(f'{row.around_model:.3f}')
        lines.append('| ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines)
