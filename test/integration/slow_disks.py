# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Keeps images in folders that fail, and compares rate and latency with a classifier that keeps none.

usage: scripts/exec python test/integration/slow_disks.py FOLDER... --model FILE [--seconds S]

Each FOLDER is one that fails in its own way: a small tmpfs, one mounted read-only, one that
fsfreeze stopped. All turns are in one run of the nodes, each after one without keeping. Exits with
status 1 if a file is left half-written, a folder holds more than its megabytes, or the process
fails to end well.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
import json
from pathlib import Path
import sys
import time

from diagnostic_msgs.msg import DiagnosticArray
from listening import age_ms
from rcl_interfaces.srv import SetParametersAtomically
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from vision_msgs.msg import Classification

from rpi_classifier.benchmark import pipeline
from rpi_classifier.bringup.processes import running
from rpi_classifier.stats import percentile

PATIENCE_S = 120.0
STATUS = 'classifier: keep'


@dataclass(frozen=True)
class Turn:
    """Rate and latency of some seconds, and what the status of kept images said at their end."""

    folder: str
    hz: float
    p99_ms: float
    status: str

    def row(self, without: Turn) -> str:
        """Return it as a row of Markdown, beside the turn before."""
        return (
            f'| {self.folder} | {self.hz:.1f} | {self.hz / without.hz:.3f} | {self.p99_ms:.1f} '
            f'| {self.p99_ms / without.p99_ms:.2f} | {self.status} |'
        )


class Watcher(Node):
    """Sets what is kept, and measures what comes."""

    def __init__(self) -> None:
        super().__init__('watcher')
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._latencies_ms: list[float] = []
        self._status = ''
        self._set = self.create_client(
            SetParametersAtomically, 'classifier/set_parameters_atomically'
        )
        self.create_subscription(Classification, 'classification', self._on_result, 100)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._on_diagnostics, 10)
        self._spin(lambda: len(self._latencies_ms) > 30)

    def turn(self, seconds: float, folder: str = '', megabytes: int = 2) -> Turn:
        """Keep an image a second in a folder, or none, and measure."""
        keep = {'keep': 'every', 'keep_seconds': 1.0, 'keep_folder': folder}
        values = {**keep, 'keep_megabytes': megabytes} if folder else {'keep': 'none'}
        parameters = [Parameter(name, value=value) for name, value in values.items()]
        future = self._set.call_async(
            SetParametersAtomically.Request(parameters=[p.to_parameter_msg() for p in parameters])
        )
        self._spin(future.done)
        assert future.result().result.successful, future.result().result.reason
        self._latencies_ms.clear()
        start = time.monotonic()
        self._spin(lambda: time.monotonic() - start > seconds)
        hz = len(self._latencies_ms) / (time.monotonic() - start)
        p99_ms = percentile(self._latencies_ms, 99)
        return Turn(folder or 'none', hz, p99_ms, self._status if folder else '')

    def _spin(self, done) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(f'nothing for {PATIENCE_S:g} s')
            self._executor.spin_once(timeout_sec=0.1)

    def _on_result(self, message: Classification) -> None:
        self._latencies_ms.append(age_ms(self, message))

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name == STATUS:
                counts = [f'{pair.key} {pair.value}' for pair in status.values[:4]]
                self._status = '; '.join([status.message, *counts])


def faults_of(folder: Path, megabytes: int) -> list[str]:
    """Return a sentence for each file that is half-written, and for too many of them."""
    found, total = [], 0
    for path in folder.glob('kept_*'):
        total += path.stat().st_size
        if path.suffix == '.part':
            found.append(f'{path} is half-written')
        elif path.suffix == '.jpg':
            if not path.read_bytes().endswith(b'\xff\xd9'):
                found.append(f'{path} is cut off')
            if json.loads(path.with_suffix('.json').read_text())['image'] != path.name:
                found.append(f'{path} has the record of another one')
    if total > megabytes * 1_000_000:
        found.append(f'{folder} holds {total} bytes, more than {megabytes} MB')
    return found


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('folders', nargs='+', type=Path, metavar='FOLDER')
    parser.add_argument('--seconds', type=float, default=20.0, help='default: %(default)s')
    parser.add_argument('--megabytes', type=int, default=2, help='default: %(default)s')
    parser.add_argument('--model', required=True, help='file of the model')
    arguments = parser.parse_args()
    settings = {'fps': 30.0, 'photo_seconds': 0.0, 'model': arguments.model}
    rows = []
    with pipeline.noise(640) as photos:
        given = {'composed': 'false', 'device': str(photos), 'log_level': 'error'}
        with running(given, settings) as nodes:
            rclpy.init(domain_id=int(nodes.environment['ROS_DOMAIN_ID']))
            try:
                watcher = Watcher()
                for folder in arguments.folders:
                    without = watcher.turn(arguments.seconds)
                    turn = watcher.turn(arguments.seconds, str(folder), arguments.megabytes)
                    rows += [without.row(without), turn.row(without)]
            finally:
                rclpy.shutdown()
    print('| keeps in | Hz | ratio | p99 ms | ratio | status |\n|---|--:|--:|--:|--:|---|')
    print('\n'.join(rows))
    faults = [
        fault for folder in arguments.folders for fault in faults_of(folder, arguments.megabytes)
    ]
    if nodes.processes[-1].returncode:
        faults.append(f'the process ended with status {nodes.processes[-1].returncode}')
    for fault in faults:
        print(f'slow_disks: {fault}', file=sys.stderr)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
