# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Compares how long a classifier node takes from the start of its process to its first result.

usage: compare_starts.py MODEL... [--rounds N]

Each MODEL is what the parameter ``model`` takes. They are started in turns, so that a slow minute
meets all of them. Prints medians, and the times as parts of that of the last one.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
import os
from statistics import median
import subprocess
import time

import numpy as np
import psutil
import rclpy
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from vision_msgs.msg import Classification

from rpi_classifier.benchmark.table import aligned
from rpi_classifier.bringup.plan import Process
from rpi_classifier.bringup.processes import command_line
from rpi_classifier.nodes.common.to_messages import image_to_message

TITLES = ('model', 'first result s', 'CPU s', 'memory MB', 'part')
PATIENCE_S = 300.0
IMAGES_AFTER = 30  # then the memory is that of a node at work


@dataclass
class Start:
    """One start: seconds to the first result, CPU seconds of node and children, resident MB."""

    first_s: float
    cpu_s: float
    rss_mb: float


class Client:
    """Publishes images until results come."""

    def __init__(self) -> None:
        """Join the graph of this process's environment."""
        self._node = Node('compare_starts')
        self._results = 0
        self._publisher = self._node.create_publisher(Image, 'image', qos_profile_sensor_data)
        self._node.create_subscription(Classification, 'classification', self._count, 10)
        self._image = image_to_message(np.full((224, 224, 3), 128, np.uint8), Header())

    def wait_for(self, results: int) -> None:
        """
        Publish until so many results have come.

        :raises TimeoutError: if they do not come.
        """
        self._results, end = 0, time.monotonic() + PATIENCE_S
        while self._results < results:
            if time.monotonic() > end:
                raise TimeoutError(f'no result within {PATIENCE_S:g} s')
            self._publisher.publish(self._image)
            rclpy.spin_once(self._node, timeout_sec=0.02)

    def _count(self, _: Classification) -> None:
        self._results += 1


def start(model: str, client: Client) -> Start:
    """Start a node with a model, wait for results, and end it."""
    arguments = ['--log-level', 'error', '-p', f"model:='{model}'", '-p', 'always_on:=true']
    began = time.monotonic()
    process = subprocess.Popen(command_line(Process('classifier_node', arguments)))
    try:
        client.wait_for(1)
        first_s = time.monotonic() - began
        client.wait_for(IMAGES_AFTER)
        node = psutil.Process(process.pid)
        times = node.cpu_times()
        cpu_s = times.user + times.system + times.children_user + times.children_system
        return Start(first_s, cpu_s, node.memory_info().rss / 1e6)
    finally:
        process.terminate()
        process.wait()


def table(starts: dict[str, list[Start]]) -> str:
    """Return the medians of all models as a table."""
    firsts = {model: median(one.first_s for one in found) for model, found in starts.items()}
    last = list(firsts.values())[-1]
    rows = [
        (
            os.path.basename(model),
            f'{firsts[model]:.2f}',
            f'{median(one.cpu_s for one in found):.2f}',
            f'{median(one.rss_mb for one in found):.0f}',
            f'{firsts[model] / last:.2f}',
        )
        for model, found in starts.items()
    ]
    return aligned([TITLES, *rows], left=[0])


def main(words: Sequence[str] | None = None) -> None:
    """Start all models in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('models', nargs='+', metavar='MODEL')
    parser.add_argument('--rounds', type=int, default=5)
    options = parser.parse_args(words)
    rclpy.init()
    client = Client()
    starts: dict[str, list[Start]] = {model: [] for model in options.models}
    for _ in range(options.rounds):
        for model, found in starts.items():
            found.append(start(model, client))
    rclpy.shutdown()
    print(table(starts))


if __name__ == '__main__':
    main()
