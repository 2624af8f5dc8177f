# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Measures what viewers of the live page cost the classifier, and what the viewers get.

usage: scripts/exec python test/integration/viewers.py [--viewers 1,5,20] [--seconds S]
           [--rounds N] [--minutes M] [--model MODEL] [--drawn]

Photos of 640x480 at 30 fps stand for the camera. The nodes run on one processor core, viewers and
this program on another. Each number of viewers is compared with nobody watching just before; in
the last row one of the viewers stops reading. With ``--minutes``, twelve viewers then come and go
for so long. Exits with status 1 if a viewer gets fewer than half of the pictures, if the
classifier skips more images or has a lower rate while they watch, or if the page's process grows.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
import json
import os
from pathlib import Path
import socket
from statistics import median
import subprocess
import sys
from tempfile import TemporaryDirectory
import time

import cv2
from held import find_growth, sample
from listening import Listener
import psutil
import rclpy

from rpi_classifier.bringup.processes import Running, running
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.photos import sample_photos
from rpi_classifier.stats import percentile

WATCHING = Path(__file__).with_name('watching.py')
FPS = 30.0
MAX_FPS = 15.0  # of the page, its default
RESTLESS = 12
NODES_CORE, CLIENTS_CORE = {0}, {1}
PATIENCE_S = 120.0
LESS = 0.98  # of the rate without viewers
MORE_SKIPPED = 3


@dataclass(frozen=True)
class Row:
    """What was seen during some seconds; CPU in percent of a core, latencies in ms."""

    name: str
    pictures: tuple[float, ...]
    page_cpu: float
    cpu_ms: float  # of the classifier, per result
    rate: float
    skipped: int
    p50: float
    p99: float


class Measurement:
    """Measures the classifier and the page while some watch."""

    def __init__(self, nodes: Running, listener: Listener, port: int, seconds: float) -> None:
        """Measure the second process, the classifier, and the third, the page."""
        _, self._classifier, self.page = (psutil.Process(one.pid) for one in nodes.processes)
        self._listener, self._port, self._seconds = listener, port, seconds

    def row(self, name: str, viewers: int = 0, dead: int = 0) -> Row:
        """Measure with so many viewers."""
        watching = self._start(viewers, dead) if viewers else None
        listener = self._listener
        page_s, classifier_s = cpu_s(self.page), cpu_s(self._classifier)
        skipped, start = listener.skipped, time.monotonic()
        listener.latencies_ms.clear()
        time.sleep(self._seconds)  # the time that is measured
        latencies, took_s = list(listener.latencies_ms), time.monotonic() - start
        page_s, classifier_s = cpu_s(self.page) - page_s, cpu_s(self._classifier) - classifier_s
        pictures = tuple(json.loads(watching.communicate()[0])) if watching else ()
        return Row(
            name,
            pictures,
            100 * page_s / took_s,
            1000 * classifier_s / max(1, len(latencies)),
            len(latencies) / took_s,
            listener.skipped - skipped,
            percentile(latencies, 50),
            percentile(latencies, 99),
        )

    def come_and_go(self, minutes: float) -> list[str]:
        """Let viewers come and go; return a sentence for each fault."""
        samples = [sample(self.page)]
        for number in range(max(2, round(6 * minutes))):
            self._start(RESTLESS, seconds=10.0, more=['--restless']).communicate()
            samples.append(sample(self.page))
            if not number % 6:
                print(f'{number / 6:4.0f} min: {samples[-1]}', flush=True)
        print(f'at the end: {samples[-1]}')
        return find_growth(samples)

    def _start(
        self, viewers: int, dead: int = 0, *, seconds: float = 0.0, more: list[str] | None = None
    ) -> subprocess.Popen[str]:
        """Start viewers, and wait until all of them watch."""
        words = [self._port, viewers - dead, seconds or self._seconds, '--dead', dead]
        process = subprocess.Popen(
            [sys.executable, str(WATCHING), *map(str, words), *(more or [])],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        assert 'watching' in process.stdout.readline()
        return process


def cpu_s(process: psutil.Process) -> float:
    """Return the seconds that a process has computed."""
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def photos() -> Iterator[str]:
    """Make a folder with sample photos of 640x480."""
    with TemporaryDirectory() as folder:
        for index, path in enumerate(sample_photos()):
            image = cv2.resize(read_image_file(path), (640, 480), interpolation=cv2.INTER_AREA)
            cv2.imwrite(f'{folder}/{index}.png', image)
        yield folder


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return int(one.getsockname()[1])


def measure(measurement: Measurement, listener: Listener, viewers: list[int]) -> list[Row]:
    """Measure each number of viewers, before it nobody, and at the end one that is dead."""
    rows = []
    for number in viewers:
        rows += [measurement.row('nobody'), measurement.row(f'{number}', number)]
    most = max(viewers)
    rows += [measurement.row('nobody'), measurement.row(f'{most}, 1 of them dead', most, dead=1)]
    return rows


def table(rows: list[Row]) -> str:
    """Return the rows as Markdown; the last column compares with the row before."""
    lines = [
        '| viewers | pictures/s each (least) | page CPU % | classifier CPU ms/result | results/s '
        '| skipped | p50 ms | p99 ms | p99 / nobody |',
        '|---|' + '--:|' * 8,
    ]
    for before, row in zip([rows[0], *rows], rows):
        seen = f'{median(row.pictures):.1f} ({min(row.pictures):.1f})' if row.pictures else ''
        ratio = f'{row.p99 / before.p99:.2f}' if row.pictures else ''
        lines.append(
            f'| {row.name} | {seen} | {row.page_cpu:.1f} | {row.cpu_ms:.2f} | {row.rate:.2f} '
            f'| {row.skipped} | {row.p50:.2f} | {row.p99:.2f} | {ratio} |'
        )
    return '\n'.join(lines)


def faults(rows: list[Row]) -> list[str]:
    """Return a sentence for each row in which viewers cost something, or get too little."""
    found = []
    for before, row in pairwise(rows):
        if not row.pictures:
            continue
        if min(row.pictures) < MAX_FPS / 2:
            found.append(f'{row.name}: a viewer got {min(row.pictures):.1f} pictures per second')
        if row.rate < LESS * before.rate:
            found.append(f'{row.name}: {row.rate:.2f} results/s, {before.rate:.2f} before')
        if row.skipped > before.skipped + MORE_SKIPPED:
            found.append(f'{row.name}: {row.skipped} images skipped, {before.skipped} before')
    return found


def run(given: argparse.Namespace) -> list[str]:
    """Run nodes and viewers; return a sentence for each fault."""
    port, found = free_port(), []
    settings = {
        'fps': FPS, 'photo_seconds': 1.0, 'always_on': True, 'port': port, 'max_viewers': 100,
    }  # fmt: skip
    if given.model:
        settings['model'] = given.model
    os.sched_setaffinity(0, NODES_CORE)  # which the nodes inherit
    with photos() as folder:
        arguments = {'composed': 'false', 'live': 'true', 'device': folder, 'log_level': 'warn'}
        with running(arguments, settings) as nodes:
            os.sched_setaffinity(0, CLIENTS_CORE)
            rclpy.init(domain_id=int(nodes.environment['ROS_DOMAIN_ID']))
            listener = Listener()
            try:
                listener.wait_for(round(3 * FPS), PATIENCE_S)
                measurement = Measurement(nodes, listener, port, given.seconds)
                for _ in range(given.rounds):
                    rows = measure(measurement, listener, given.viewers)
                    print(table(rows), flush=True)
                    found += faults(rows)
                if given.drawn:
                    listener.watch_drawn()
                    print(table([measurement.row('nobody, but debug_image is watched')]))
                if given.minutes:
                    found += measurement.come_and_go(given.minutes)
            finally:
                listener.stop()
                rclpy.shutdown()
    return found


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument(
        '--viewers',
        type=lambda words: [int(word) for word in words.split(',')],
        default=[1, 5, 20],
        help='default: 1,5,20',
    )
    parser.add_argument('--seconds', type=float, default=10.0, help='default: %(default)s')
    parser.add_argument('--rounds', type=int, default=1, help='default: %(default)s')
    parser.add_argument('--minutes', type=float, default=0.0, help='default: none')
    parser.add_argument('--model', default='', help='default: as in the YAML file')
    parser.add_argument('--drawn', action='store_true', help='measure debug_image, too')
    found = run(parser.parse_args())
    for fault in found:
        print(f'viewers: {fault}', file=sys.stderr)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
