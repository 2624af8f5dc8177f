# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Compares the CPU time of a classifier on a compressed 1080p stream at 30 fps under several rates.

usage: compare_rates.py MODEL [--rates 2,0] [--seconds S] [--rounds N]

Each rate is what the parameter ``max_rate`` takes; 0: every image. They are measured in turns on
one node. "none" is a node that subscribes to the images and does nothing with them: what remains
if no image is decoded. Prints medians, and the CPU times as parts of that of the last one.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from statistics import median
import subprocess
import sys
import time

import cv2
import numpy as np
import psutil
import rclpy
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.parameter_client import AsyncParameterClient
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CompressedImage
from vision_msgs.msg import Classification

from rpi_classifier.benchmark.table import aligned
from rpi_classifier.bringup.plan import Process
from rpi_classifier.bringup.processes import command_line

TITLES = ('max_rate', 'results/s', 'CPU s in a minute', 'part')
FPS = 30.0
PATIENCE_S = 120.0
SUBSCRIBER = """
import rclpy
import rclpy.executors
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CompressedImage

rclpy.init()
node = rclpy.create_node('bare')
node.create_subscription(
    CompressedImage, 'image/compressed', lambda _: None, qos_profile_sensor_data
)
try:
    while rclpy.ok():  # a signal does not always wake rclpy
        rclpy.spin_once(node, timeout_sec=1.0)
except rclpy.executors.ExternalShutdownException:
    pass
"""


class Stream:
    """Publishes a picture of 1920x1080 as JPEG, and counts results."""

    def __init__(self) -> None:
        """Join the graph of this process's environment."""
        self._node = Node('compare_rates')
        self._results = 0
        self._publisher = self._node.create_publisher(
            CompressedImage, 'image/compressed', qos_profile_sensor_data
        )
        self._node.create_subscription(Classification, 'classification', self._count, 10)
        self._parameters = AsyncParameterClient(self._node, 'classifier')
        rough = np.random.default_rng(0).integers(0, 256, (27, 48, 3), np.uint8)
        smooth = cv2.resize(rough, (1920, 1080), interpolation=cv2.INTER_CUBIC)
        jpeg = cv2.imencode('.jpg', smooth)[1]
        self._image = CompressedImage(format='jpeg', data=jpeg.tobytes())

    def set_rate(self, rate: float) -> None:
        """
        Set max_rate.

        :raises TimeoutError: if the node does not answer.
        """
        self._parameters.wait_for_services(PATIENCE_S)
        done = self._parameters.set_parameters([Parameter('max_rate', value=rate)])
        rclpy.spin_until_future_complete(self._node, done, timeout_sec=PATIENCE_S)
        if not done.done():
            raise TimeoutError(f'max_rate was not set within {PATIENCE_S:g} s')

    def wait_for_result(self) -> None:
        """
        Publish until a result comes.

        :raises TimeoutError: if none does.
        """
        before, end = self._results, time.monotonic() + PATIENCE_S
        while self._results == before:
            if time.monotonic() > end:
                raise TimeoutError(f'no result within {PATIENCE_S:g} s')
            self.publish(0.2)

    def publish(self, seconds: float) -> float:
        """Publish for so long; return the results per second."""
        before, start = self._results, time.monotonic()
        for number in range(1, round(seconds * FPS) + 1):
            self._image.header.stamp = self._node.get_clock().now().to_msg()
            self._publisher.publish(self._image)
            while (left_s := start + number / FPS - time.monotonic()) > 0:
                rclpy.spin_once(self._node, timeout_sec=left_s)
        return (self._results - before) / (time.monotonic() - start)

    def _count(self, _: Classification) -> None:
        self._results += 1


def measure(process: psutil.Process, stream: Stream, seconds: float) -> tuple[float, float]:
    """Return results per second, and the CPU seconds of a process in a minute of the stream."""
    stream.publish(1.0)
    before = process.cpu_times()
    rate = stream.publish(seconds)
    after = process.cpu_times()
    return rate, (sum(after[:2]) - sum(before[:2])) * 60 / seconds


def compare(model: str, rates: Sequence[float], seconds: float, rounds: int) -> str:
    """Measure all rates in turns; return the table."""
    arguments = ['--log-level', 'error', '-p', f"model:='{model}'"]
    arguments += ['-p', 'image_transport:=compressed']
    commands = [command_line(Process('classifier_node', arguments))]
    commands += [[sys.executable, '-c', SUBSCRIBER]]
    started = [subprocess.Popen(command) for command in commands]
    node, bare = (psutil.Process(process.pid) for process in started)
    try:
        stream = Stream()
        stream.wait_for_result()
        found: dict[str, list[tuple[float, float]]] = {}
        for _ in range(rounds):
            found.setdefault('none', []).append(measure(bare, stream, seconds))
            for rate in rates:
                stream.set_rate(rate)
                found.setdefault(f'{rate:g}', []).append(measure(node, stream, seconds))
    finally:
        for process in started:
            process.terminate()
            process.wait()
    return table(found)


def table(found: dict[str, list[tuple[float, float]]]) -> str:
    """Return the medians as a table."""
    spent = {name: median(cpu_s for _, cpu_s in rows) for name, rows in found.items()}
    last = list(spent.values())[-1]
    rows = [
        (
            name,
            '' if name == 'none' else f'{median(rate for rate, _ in found[name]):.1f}',
            f'{spent[name]:.2f}',
            f'{spent[name] / last:.2f}',
        )
        for name in found
    ]
    return aligned([TITLES, *rows], left=[0])


def main(words: Sequence[str] | None = None) -> None:
    """Measure what the command line says, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('model', metavar='MODEL')
    parser.add_argument('--rates', default='2,0', help='default: %(default)s')
    parser.add_argument('--seconds', type=float, default=10.0, help='default: %(default)s')
    parser.add_argument('--rounds', type=int, default=3, help='default: %(default)s')
    options = parser.parse_args(words)
    rates = [float(word) for word in options.rates.split(',')]
    rclpy.init()
    print(compare(options.model, rates, options.seconds, options.rounds))
    rclpy.shutdown()


if __name__ == '__main__':
    main()
