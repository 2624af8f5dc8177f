# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the measuring programs beside this file hear of a classifier."""

from __future__ import annotations

import threading

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import CompressedImage
from vision_msgs.msg import Classification


class Listener(Node):
    """Records the latencies of results, and the number of images that the classifier skipped."""

    def __init__(self) -> None:
        """Subscribe."""
        super().__init__('listener')
        self.latencies_ms: list[float] = []
        self.skipped = 0
        self.create_subscription(Classification, 'classification', self._on_result, 100)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._on_diagnostics, 100)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._heard = threading.Condition()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._spin)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._ending.set()
        self._thread.join()

    def wait_for(self, results: int, patience_s: float) -> None:
        """
        Wait until so many results have come since the latencies were cleared.

        :raises TimeoutError: if they do not come.
        """
        with self._heard:
            if not self._heard.wait_for(lambda: len(self.latencies_ms) >= results, patience_s):
                raise TimeoutError(f'fewer than {results} results within {patience_s:g} s')

    def watch_drawn(self) -> None:
        """Subscribe to the drawn image, too."""
        self.create_subscription(CompressedImage, 'debug_image/compressed', lambda _: None, 1)

    def _spin(self) -> None:
        while not self._ending.is_set():
            self._executor.spin_once(timeout_sec=0.1)

    def _on_result(self, message: Classification) -> None:
        with self._heard:
            self.latencies_ms.append(age_ms(self, message))
            self._heard.notify()

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name.endswith('classifier: rate'):
                values = {pair.key: pair.value for pair in status.values}
                self.skipped = int(float(values['skipped']))


def age_ms(node: Node, message: Classification) -> float:
    """Return how long ago the image of a result was taken, in milliseconds of the node's clock."""
    stamp_ns = message.header.stamp.sec * 10**9 + message.header.stamp.nanosec
    return (node.get_clock().now().nanoseconds - stamp_ns) / 1e6
