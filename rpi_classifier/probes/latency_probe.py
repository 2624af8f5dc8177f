# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Measures rate and latency of the results of a running classifier, as a subscriber sees them.

usage: python -m rpi_classifier.probes.latency_probe SECONDS

Prints {"results", "seconds", "end_to_end_ms": [...], "stages": {...}} as JSON; ``stages`` has the
newest values of the node's own diagnostics.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from vision_msgs.msg import Classification

PATIENCE_S = 120.0  # for the first results, because a model has to load


class Probe(Node):
    """Records the latencies of classifications and the newest diagnostics."""

    def __init__(self) -> None:
        """Subscribe to classification and /diagnostics."""
        super().__init__('probe')
        self.latencies_ms: list[float] = []
        self.stages: dict[str, str] = {}
        self.create_subscription(Classification, 'classification', self._on_result, 100)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._on_diagnostics, 10)

    def _on_result(self, message: Classification) -> None:
        stamp_ns = message.header.stamp.sec * 10**9 + message.header.stamp.nanosec
        self.latencies_ms.append((self.get_clock().now().nanoseconds - stamp_ns) / 1e6)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name.endswith(': latency'):
                self.stages = {pair.key: pair.value for pair in status.values}


def measure_latency(seconds: float) -> dict[str, Any]:
    """
    Wait for the first ten results, then record those of a while.

    :param seconds: how long to record.
    :returns: what the module prints.
    :raises TimeoutError: if no result comes.
    """
    probe = Probe()
    executor = SingleThreadedExecutor()
    executor.add_node(probe)
    patience = time.monotonic() + PATIENCE_S
    while len(probe.latencies_ms) < 10:
        if time.monotonic() > patience:
            raise TimeoutError(f'no results within {PATIENCE_S:g} s')
        executor.spin_once(timeout_sec=0.5)
    print('measuring', file=sys.stderr, flush=True)
    probe.latencies_ms.clear()
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        executor.spin_once(timeout_sec=0.1)
    return {
        'results': len(probe.latencies_ms),
        'seconds': time.monotonic() - start,
        'end_to_end_ms': probe.latencies_ms,
        'stages': probe.stages,
    }


def main() -> None:
    """Measure for the number of seconds that the command line gives."""
    rclpy.init()
    try:
        print(json.dumps(measure_latency(float(sys.argv[1]))), flush=True)
    finally:
        rclpy.shutdown()


if __name__ == '__main__':
    main()
