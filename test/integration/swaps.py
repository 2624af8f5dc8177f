# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Exchanges the model of a running classifier again and again, and counts what that costs.

usage: scripts/exec python test/integration/swaps.py MODEL OTHER [--times N] [--results N]
           [--lost N] [--fps HZ]

The camera shows noise at a steady rate. After as long without exchanges, to compare with, the
parameter ``model`` goes back and forth between two files with different labels. Exits with status
1 if more images than ``--lost`` per exchange are not classified, beyond those of the comparison;
if results have other classes than label_info announced for the time of their images, but for the
few that wait during an exchange; if the process holds more at the end than after a fifth of
the times; or if it fails to end well.
"""

from __future__ import annotations

import argparse
from bisect import bisect
from dataclasses import dataclass, field
import sys
import time

from held import find_growth, Held, sample
import numpy as np
import psutil
from rcl_interfaces.srv import SetParametersAtomically
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from vision_msgs.msg import Classification, LabelInfo

from rpi_classifier.benchmark import pipeline
from rpi_classifier.bringup.processes import running
from rpi_classifier.nodes.classifier.model_loader import BACKLOG

RESULTS = 30  # with each model
PATIENCE_S = 300.0
WAITING_S = 0.4  # of an image during an exchange
TABLE = (0, 10, 50, *range(100, 1001, 100))
LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@dataclass
class Outcome:
    """
    What was seen: samples before the first exchange and after each, images without a result.

    ``mixed`` counts results with classes of both models or of none, ``late`` those of a model
    whose images came after the next one was announced, ``early`` those whose images came before.
    ``lost_in_a_row`` is the largest number of successive images without a result.
    """

    samples: list[Held] = field(default_factory=list)
    wait_s: list[float] = field(default_factory=list)  # from the request to the first new result
    results: int = 0
    lost: int = 0
    lost_in_a_row: int = 0
    compared: int = 0
    compared_lost: int = 0
    mixed: int = 0
    late: int = 0
    early: int = 0
    status: int = 0
    allowed: int = 1  # images without a result per exchange

    @property
    def times(self) -> int:
        """Return the number of exchanges."""
        return len(self.samples) - 1

    def faults(self) -> list[str]:
        """Return a sentence for each fault."""
        found = [f'the process ended with status {self.status}'] if self.status else []
        expected = self.compared_lost * self.results / max(1, self.compared)
        if self.lost > expected + self.times * self.allowed:
            found.append(
                f'{self.lost} images were not classified, more than {self.allowed} per exchange '
                f'and the {expected:.0f} that are lost without'
            )
        if self.mixed:
            found.append(f'{self.mixed} results have classes of both models, or of none')
        if self.late:
            found.append(f'{self.late} results are of a model that was replaced before')
        if self.early > self.times * BACKLOG:
            found.append(f'{self.early} results are of a model that was announced later')
        return found + find_growth(self.samples)

    def table(self) -> str:
        """Return the figures as Markdown."""
        slowest = sorted(self.wait_s)[-3:]
        lines = [
            f'{self.times} exchanges: {self.results} results, {self.lost} images without one, '
            f'{self.lost_in_a_row} of them in a row; '
            f'without exchanges {self.compared} and {self.compared_lost}; mixed {self.mixed}, '
            f'late {self.late}, early {self.early}, exit status {self.status}',
            f'first exchange after {self.wait_s[0]:.2f} s, median '
            f'{sorted(self.wait_s)[len(self.wait_s) // 2]:.2f} s, slowest '
            + ', '.join(f'{seconds:.2f}' for seconds in slowest),
            '',
            '| exchanges | RSS MB | threads | descriptors |',
            '|--:|--:|--:|--:|',
        ]
        for count in sorted({*TABLE, self.times}):
            if count <= self.times:
                held = self.samples[count]
                lines.append(
                    f'| {count} | {held.rss_mb:.1f} | {held.threads} | {held.descriptors} |'
                )
        return '\n'.join(lines)


class Swapper(Node):
    """Sets the parameter ``model``, and looks at results and announcements."""

    def __init__(self, classifier: int, fps: float, results: int) -> None:
        super().__init__('swapper')
        self._wanted = results  # with each model
        self.outcome = Outcome()
        self._period_s = 1 / fps
        self._process = psutil.Process(classifier)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._labels: list[tuple[float, frozenset[str]]] = []  # one per announcement, and when
        self._results: list[tuple[float, frozenset[str]]] = []  # stamp and classes of each
        self._set = self.create_client(
            SetParametersAtomically, 'classifier/set_parameters_atomically'
        )
        self.create_subscription(LabelInfo, 'label_info', self._on_labels, LATCHED)
        self.create_subscription(Classification, 'classification', self._on_result, 1000)
        self._spin(lambda: len(self._results) >= self._wanted and self._labels)

    def compare(self, count: int) -> None:
        """Look at as many results without exchanges."""
        self._results.clear()
        self._spin(lambda: len(self._results) >= count)
        self.outcome.compared, self.outcome.compared_lost = len(self._results), sum(self._lost())

    def swap(self, models: tuple[str, str], times: int) -> None:
        """Change the model that many times; the second one is the first to come."""
        self._results.clear()
        self.outcome.samples.append(sample(self._process))
        for number in range(1, times + 1):
            self._change_to(models[number % 2])
            self.outcome.samples.append(sample(self._process))
        lost = self._lost()
        self.outcome.results, self.outcome.lost = len(self._results), sum(lost)
        self.outcome.lost_in_a_row = max(lost)
        self._compare_with_announcements()

    def _change_to(self, model: str) -> None:
        announced, start = len(self._labels), time.monotonic()
        request = SetParametersAtomically.Request(
            parameters=[Parameter('model', value=model).to_parameter_msg()]
        )
        future = self._set.call_async(request)
        self._spin(future.done)
        assert future.result().result.successful, future.result().result.reason
        self._spin(lambda: len(self._labels) > announced)
        self._spin(lambda: self._results[-1][1] <= self._labels[-1][1])
        self.outcome.wait_s.append(time.monotonic() - start)
        goal = len(self._results) + self._wanted
        self._spin(lambda: len(self._results) >= goal)

    def _lost(self) -> list[int]:
        """Return how many images of the camera are missing between one result and the next."""
        stamps = np.sort([stamp for stamp, _ in self._results])
        return [max(0, round(gap / self._period_s) - 1) for gap in np.diff(stamps)]

    def _compare_with_announcements(self) -> None:
        """Count results whose classes are not those announced for the time of their image."""
        starts = [start for start, _ in self._labels]
        for stamp, classes in self._results:
            current = max(0, bisect(starts, stamp) - 1)
            near = self._labels[max(0, current - 1) : current + 2]
            if classes <= self._labels[current][1]:
                continue
            if not any(classes <= labels for _, labels in near):
                self.outcome.mixed += 1
            elif current + 1 < len(starts) and starts[current + 1] - stamp < WAITING_S:
                self.outcome.early += 1
            else:
                self.outcome.late += 1

    def _spin(self, done) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(f'nothing for {PATIENCE_S:g} s')
            self._executor.spin_once(timeout_sec=1.0)

    def _on_labels(self, message: LabelInfo) -> None:
        labels = frozenset(entry.class_name for entry in message.class_map)
        self._labels.append((seconds_of(message.header.stamp), labels))

    def _on_result(self, message: Classification) -> None:
        classes = frozenset(result.class_id for result in message.results)
        self._results.append((seconds_of(message.header.stamp), classes))


def seconds_of(stamp) -> float:
    """Return a stamp in seconds."""
    return stamp.sec + stamp.nanosec / 1e9


def run(models: tuple[str, str], times: int, fps: float, results: int = RESULTS) -> Outcome:
    """Exchange the model that many times, in a process without the camera."""
    settings = {'fps': fps, 'photo_seconds': 0.0, 'model': models[0]}
    with pipeline.noise(224) as folder:
        given = {'composed': 'false', 'device': str(folder), 'log_level': 'warn'}
        with running(given, settings) as nodes:
            rclpy.init(domain_id=int(nodes.environment['ROS_DOMAIN_ID']))
            try:
                classifier = nodes.processes[-1]
                swapper = Swapper(classifier.pid, fps, results)
                swapper.compare(min(1000, results * times))
                swapper.swap(models, times)
            finally:
                rclpy.shutdown()
    swapper.outcome.status = classifier.returncode
    return swapper.outcome


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('model', help='file of the model to begin with')
    parser.add_argument('other', help='file of one with other labels')
    parser.add_argument('--times', type=int, default=50, help='default: %(default)s')
    parser.add_argument(
        '--results', type=int, default=RESULTS, help='with each model; default: %(default)s'
    )
    parser.add_argument('--lost', type=int, default=1, help='default: %(default)s')
    parser.add_argument('--fps', type=float, default=30.0, help='default: %(default)s')
    arguments = parser.parse_args()
    outcome = run(
        (arguments.model, arguments.other), arguments.times, arguments.fps, arguments.results
    )
    outcome.allowed = arguments.lost
    print(outcome.table())
    for fault in outcome.faults():
        print(f'swaps: {fault}', file=sys.stderr)
    return 1 if outcome.faults() else 0


if __name__ == '__main__':
    sys.exit(main())
