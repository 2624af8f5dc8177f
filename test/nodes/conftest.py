# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""A ROS graph for tests: real rclpy and DDS, an executor thread, waiting for events."""

from __future__ import annotations

import threading
import time

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Graph:
    """Nodes under test and a client node, spun by one thread."""

    def __init__(self):
        self.changed = threading.Condition()
        self._executor = SingleThreadedExecutor()
        self._nodes = []
        self.client = self.add(Node('client'))
        self._thread = threading.Thread(target=self._spin, daemon=True)
        self._thread.start()

    def _spin(self):
        try:
            self._executor.spin()
        except ExternalShutdownException:
            pass

    def add(self, node):
        self._nodes.append(node)
        self._executor.add_node(node)
        return node

    def wait(self, condition, what, timeout_s=60.0):
        """Wait until a condition holds; it is looked at after every message and now and then."""
        deadline = time.monotonic() + timeout_s
        with self.changed:
            while not condition():
                assert time.monotonic() < deadline, f'waited {timeout_s} s for {what}'
                self.changed.wait(0.02)

    def collect(self, kind, topic, qos=10):
        """Subscribe and return the growing list of messages."""
        messages = []

        def receive(message):
            with self.changed:
                messages.append(message)
                self.changed.notify_all()

        self.client.create_subscription(kind, topic, receive, qos)
        return messages

    def call(self, kind, service, request):
        """Call a service and return the response."""
        client = self.client.create_client(kind, service)
        assert client.wait_for_service(60.0), service
        future = client.call_async(request)
        self.wait(future.done, f'an answer of {service}')
        return future.result()

    def publish_until(self, publisher, message, condition, what):
        """Publish again and again until a condition holds; best effort may lose a message."""

        def attempt():
            publisher.publish(message)
            return condition()

        self.wait(lambda: publisher.get_subscription_count(), f'a subscriber for {what}')
        self.wait(attempt, what)

    def close(self):
        self._executor.shutdown()
        self._thread.join(5)
        for node in self._nodes:
            if hasattr(node, 'close'):
                node.close()
            node.destroy_node()


@pytest.fixture
def graph():
    rclpy.init()
    graph = Graph()
    yield graph
    graph.close()
    rclpy.shutdown()


@pytest.fixture
def overrides():
    """Return a converter from keyword arguments to parameter overrides."""
    return lambda **values: [Parameter(name, value=value) for name, value in values.items()]
