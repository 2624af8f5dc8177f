# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Runs the nodes for a long time, disturbs them, and watches what they hold.

usage: scripts/exec python test/integration/soak.py [--minutes M | --frames N] [--two-processes]
       [--model MODEL] [--plot FILE]

After every 150 results it disturbs the nodes in one of three ways, in turns: it sets parameters
to good and bad values, pauses and resumes inference by ~/enable, or unsubscribes and subscribes
again. With two processes it also publishes broken images. It samples the memory, threads and
descriptors of each process, and exits with status 1 if a process died, failed to end well, or
holds more at the end than after a fifth of the results.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
import sys
import time

from diagnostic_msgs.msg import DiagnosticArray
import psutil
from rcl_interfaces.srv import SetParametersAtomically
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image
from std_srvs.srv import SetBool
from vision_msgs.msg import Classification

from rpi_classifier.benchmark import pipeline
from rpi_classifier.bringup.processes import Running, running

EVERY = 150  # results between two disturbances, and between two samples
PATIENCE_S = 120.0  # without a result
GROWTH_MB = 8.0


@dataclass
class Sample:
    """What one process holds after a number of results."""

    results: int
    rss_mb: float
    threads: int
    descriptors: int


@dataclass
class Report:
    """The outcome of a run; ``processes`` has the samples of each process."""

    results: int = 0
    seconds: float = 0.0
    disturbed: int = 0
    bad_images_sent: int = 0
    refused: int = 0
    processes: list[list[Sample]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def faults(self) -> list[str]:
        """Return a sentence for each fault."""
        found = [f'a process ended with status {s}' for s in self.statuses if s]
        for number, samples in enumerate(self.processes):
            settled, last = samples[len(samples) // 5], samples[-1]
            if last.rss_mb - settled.rss_mb > GROWTH_MB:
                found.append(
                    f'process {number} grew from {settled.rss_mb:.1f} to {last.rss_mb:.1f} MB'
                )
            found += [
                f'process {number} has more {name} than before'
                for name in ('threads', 'descriptors')
                if getattr(last, name) > getattr(settled, name)
            ]
        return found

    def table(self) -> str:
        """Return the figures as Markdown."""
        lines = [
            f'{self.results} results in {self.seconds:.0f} s, {self.disturbed} disturbances, '
            f'{self.bad_images_sent} bad images sent, {self.refused} refused (the others were '
            'replaced by a newer image), exit status '
            + ', '.join(str(status) for status in self.statuses),
            '',
            '| process | results | RSS MB | threads | descriptors |',
            '|---|--:|--:|--:|--:|',
        ]
        for number, samples in enumerate(self.processes):
            lines += [
                f'| {number} | {sample.results} | {sample.rss_mb:.1f} | {sample.threads} '
                f'| {sample.descriptors} |'
                for sample in (samples[0], samples[len(samples) // 5], samples[-1])
            ]
        return '\n'.join(lines)


class Soak(Node):
    """Counts results, disturbs the nodes and samples what their processes hold."""

    def __init__(self, nodes: Running, two_processes: bool) -> None:
        super().__init__('soak')
        self.report = Report(processes=[[] for _ in nodes.processes])
        self._watched = [psutil.Process(process.pid) for process in nodes.processes]
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._parameters = self.create_client(
            SetParametersAtomically, 'classifier/set_parameters_atomically'
        )
        self._enable = self.create_client(SetBool, 'classifier/enable')
        self.create_subscription(DiagnosticArray, '/diagnostics', self._on_diagnostics, 10)
        self._subscribe()
        if two_processes:
            self._bad = self.create_publisher(Image, 'image_raw', 1)
            self.create_timer(0.05, self._publish_bad)

    def run(self, frames: int | None, seconds: float | None) -> None:
        """Run for a number of results or seconds."""
        start = time.monotonic()
        disturbances = [self._set_parameters, self._pause, self._leave]
        while True:
            goal = self.report.results + EVERY
            self._spin(lambda goal=goal: self.report.results >= goal)
            self._sample()
            self.report.seconds = time.monotonic() - start
            if frames and self.report.results >= frames:
                return
            if seconds and self.report.seconds >= seconds:
                return
            disturbances[self.report.disturbed % len(disturbances)]()
            self.report.disturbed += 1

    def _spin(self, done) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(f'nothing for {PATIENCE_S:g} s after {self.report}')
            self._executor.spin_once(timeout_sec=1.0)

    def _sample(self) -> None:
        for process, samples in zip(self._watched, self.report.processes):
            with process.oneshot():
                rss = process.memory_info().rss / 2**20
                held = process.num_threads(), process.num_fds()
            samples.append(Sample(self.report.results, rss, *held))

    def _subscribe(self) -> None:
        self._results = self.create_subscription(
            Classification, 'classification', self._on_result, 10
        )

    def _on_result(self, message: Classification) -> None:
        self.report.results += 1

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            for pair in status.values:
                if (status.name, pair.key) == ('classifier: input', 'refused'):
                    self.report.refused = int(pair.value)

    def _publish_bad(self) -> None:
        self.report.bad_images_sent += 1
        step = self.report.bad_images_sent % 7
        message = Image(height=224, width=224, step=step, encoding='bgr8', data=bytes(99))
        message.header.stamp = self.get_clock().now().to_msg()
        self._bad.publish(message)

    def _call(self, client, request):
        future = client.call_async(request)
        self._spin(future.done)
        return future.result()

    def _set_parameters(self) -> None:
        for top_k, good in ((3, True), (0, False), (5, True)):
            parameters = [Parameter('score_threshold', value=0.0), Parameter('top_k', value=top_k)]
            request = SetParametersAtomically.Request(
                parameters=[parameter.to_parameter_msg() for parameter in parameters]
            )
            assert self._call(self._parameters, request).result.successful == good

    def _pause(self) -> None:
        for data in (False, True):
            assert self._call(self._enable, SetBool.Request(data=data)).success

    def _leave(self) -> None:
        self.destroy_subscription(self._results)
        self._subscribe()


def plot(report: Report, path: Path) -> None:
    """Plot what each process held over the number of results."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 7), layout='constrained')
    FigureCanvasAgg(figure)
    names = (('rss_mb', 'RSS MB'), ('threads', 'threads'), ('descriptors', 'descriptors'))
    for axes, (name, title) in zip(figure.subplots(3, 1, sharex=True), names):
        for number, samples in enumerate(report.processes):
            values = [getattr(sample, name) for sample in samples]
            axes.plot([sample.results for sample in samples], values, label=f'process {number}')
        axes.set_ylabel(title)
        axes.set_ylim(bottom=0)
        axes.legend(loc='lower right', fontsize='small')
    axes.set_xlabel('results')
    figure.savefig(path, dpi=100)


def soak(arguments: argparse.Namespace) -> Report:
    """Run the nodes on images of noise, with random weights unless a model is named."""
    given = {'composed': str(not arguments.two_processes).lower(), 'log_level': 'error'}
    settings = {'fps': arguments.fps, 'photo_seconds': 0.0, 'num_threads': 1}
    model = {'model': arguments.model} if arguments.model else {'weights': 'random'}
    with pipeline.noise(224) as folder:
        with running({**given, 'device': str(folder)}, {**settings, **model}) as nodes:
            rclpy.init(domain_id=int(nodes.environment['ROS_DOMAIN_ID']))
            try:
                watcher = Soak(nodes, arguments.two_processes)
                watcher.run(arguments.frames, arguments.minutes and arguments.minutes * 60)
            finally:
                rclpy.shutdown()
    watcher.report.statuses = [process.returncode for process in nodes.processes]
    return watcher.report


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('--minutes', type=float, help='duration (default: 30)')
    parser.add_argument('--frames', type=int, help='number of results, instead of a duration')
    parser.add_argument('--two-processes', action='store_true')
    parser.add_argument('--fps', type=float, default=36.0, help='rate of the source (default: 36)')
    parser.add_argument('--model', default='', help='a model, or a model file')
    parser.add_argument('--plot', type=Path, help='file.png to plot to')
    arguments = parser.parse_args()
    if not (arguments.frames or arguments.minutes):
        arguments.minutes = 30.0
    report = soak(arguments)
    print(report.table())
    if arguments.plot:
        plot(report, arguments.plot)
    for fault in report.faults():
        print(f'soak: {fault}', file=sys.stderr)
    return 1 if report.faults() else 0


if __name__ == '__main__':
    sys.exit(main())
