# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Takes a running classifier through its states again and again, and watches what it holds.

usage: scripts/exec python test/integration/transitions.py [--times N] [--model MODEL]

Each time the classifier is deactivated, cleaned up, configured and activated, and then classifies
noise until some results have come. Exits with status 1 if the process failed to end well, or holds
more at the end than after a fifth of the times.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
import sys
import time

from held import find_growth, Held, sample
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
import psutil
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from vision_msgs.msg import Classification

from rpi_classifier.benchmark import pipeline
from rpi_classifier.bringup.processes import running

CYCLE = (
    Transition.TRANSITION_DEACTIVATE,
    Transition.TRANSITION_CLEANUP,
    Transition.TRANSITION_CONFIGURE,
    Transition.TRANSITION_ACTIVATE,
)
RESULTS = 10  # after each activation
PATIENCE_S = 120.0


@dataclass
class Outcome:
    """One sample before the first cycle and one after each, and the exit status."""

    samples: list[Held] = field(default_factory=list)
    status: int = 0

    def faults(self) -> list[str]:
        """Return a sentence for each fault."""
        found = [f'the process ended with status {self.status}'] if self.status else []
        return found + find_growth(self.samples)

    def table(self) -> str:
        """Return the figures as Markdown."""
        fifth = max(1, len(self.samples) // 5)
        lines = ['| times | RSS MB | threads | descriptors |', '|--:|--:|--:|--:|']
        for number in sorted({0, 1, fifth, len(self.samples) // 2, len(self.samples) - 1}):
            held = self.samples[number]
            lines.append(f'| {number} | {held.rss_mb:.1f} | {held.threads} | {held.descriptors} |')
        return '\n'.join([*lines, '', f'exit status {self.status}'])


class Cycler(Node):
    """Changes the classifier's state and samples what its process holds."""

    def __init__(self, pid: int) -> None:
        super().__init__('cycler')
        self._process = psutil.Process(pid)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._change = self.create_client(ChangeState, 'classifier/change_state')
        self._results = 0
        self.create_subscription(Classification, 'classification', self._on_result, 10)

    def sample(self) -> Held:
        """Wait for some results, and return what the process holds then."""
        goal = self._results + RESULTS
        self._spin(lambda: self._results >= goal)
        return sample(self._process)

    def cycle(self) -> None:
        """Take the classifier from active to active through all transitions."""
        for transition in CYCLE:
            future = self._change.call_async(
                ChangeState.Request(transition=Transition(id=transition))
            )
            self._spin(future.done)
            assert future.result().success, transition

    def _spin(self, done) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(f'nothing for {PATIENCE_S:g} s')
            self._executor.spin_once(timeout_sec=1.0)

    def _on_result(self, message: Classification) -> None:
        self._results += 1


def run(times: int, settings: dict[str, str]) -> Outcome:
    """Take the classifier through its states that many times."""
    outcome = Outcome()
    settings = {'fps': 30.0, 'photo_seconds': 0.0, **settings}
    with pipeline.noise(224) as folder:
        with running({'device': str(folder), 'log_level': 'warn'}, settings) as nodes:
            rclpy.init(domain_id=int(nodes.environment['ROS_DOMAIN_ID']))
            try:
                (process,) = nodes.processes
                cycler = Cycler(process.pid)
                outcome.samples.append(cycler.sample())
                for _ in range(times):
                    cycler.cycle()
                    outcome.samples.append(cycler.sample())
            finally:
                rclpy.shutdown()
    outcome.status = process.returncode
    return outcome


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('--times', type=int, default=50, help='default: %(default)s')
    parser.add_argument('--model', default='mobilenet_v2', help='default: %(default)s')
    arguments = parser.parse_args()
    settings = {'model': arguments.model}
    if '.' not in arguments.model:
        settings['weights'] = 'random'
    outcome = run(arguments.times, settings)
    print(outcome.table())
    for fault in outcome.faults():
        print(f'transitions: {fault}', file=sys.stderr)
    return 1 if outcome.faults() else 0


if __name__ == '__main__':
    sys.exit(main())
