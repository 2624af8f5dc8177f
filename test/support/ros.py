# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A ROS graph for tests, with real rclpy and DDS; tests wait for events in it."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from diagnostic_msgs.msg import DiagnosticArray
from rcl_interfaces.srv import SetParameters, SetParametersAtomically
import rclpy
from rclpy.exceptions import InvalidHandle
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, qos_profile_sensor_data, QoSProfile
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from rpi_classifier.bringup.processes import program_of
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common import to_messages

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Diagnostics:
    """The newest status of each name."""

    def __init__(self, arrays):
        self._arrays = arrays

    def status(self, name):
        """Return the newest status, or None."""
        for array in reversed(self._arrays):
            for status in array.status:
                if status.name == name:
                    return status
        return None

    def message(self, name):
        """Return the message of the newest status; empty if there is none yet."""
        status = self.status(name)
        return status.message if status else ''

    def values(self, name):
        """Return the values of the newest status."""
        status = self.status(name)
        return {pair.key: pair.value for pair in status.values} if status else {}


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
        except (ExternalShutdownException, InvalidHandle):
            pass  # it was shut down while it waited

    def add(self, node):
        self._nodes.append(node)
        self._executor.add_node(node)
        return node

    def remove(self, node):
        """End a node before the others."""
        self._nodes.remove(node)
        self._executor.remove_node(node)
        self._end(node)

    def wait(self, condition, what, timeout_s=60.0):
        """Wait until a condition holds; check it after every message and every 20 ms."""
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

    def diagnostics(self):
        """Subscribe to /diagnostics."""
        return Diagnostics(self.collect(DiagnosticArray, '/diagnostics'))

    def call(self, kind, service, request):
        """Call a service and return the response."""
        client = self.client.create_client(kind, service)
        assert client.wait_for_service(60.0), service
        future = client.call_async(request)
        self.wait(future.done, f'an answer of {service}')
        return future.result()

    def set_parameters(self, node, **values):
        """Set parameters one by one and return the results."""
        request = SetParameters.Request(parameters=_messages(values))
        return self.call(SetParameters, f'{node}/set_parameters', request).results

    def set_parameters_atomically(self, node, **values):
        """Set parameters all or none and return the result."""
        request = SetParametersAtomically.Request(parameters=_messages(values))
        service = f'{node}/set_parameters_atomically'
        return self.call(SetParametersAtomically, service, request).result

    def publish_until(self, publisher, message, condition, what):
        """Publish repeatedly until a condition holds; best effort may lose a message."""

        def attempt():
            publisher.publish(message)
            return condition()

        self.wait(lambda: publisher.get_subscription_count(), f'a subscriber for {what}')
        self.wait(attempt, what)

    @staticmethod
    def _end(node):
        if hasattr(node, 'close'):
            node.close()
        node.destroy_node()

    def close(self):
        self._executor.shutdown()
        self._thread.join(5)
        while self._nodes:  # no variable may keep the last one
            self._end(self._nodes.pop(0))
        gc.collect()  # until then rclpy's lifecycle nodes stay in the graph


def _messages(values):
    return [Parameter(name, value=value).to_parameter_msg() for name, value in values.items()]


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


@pytest.fixture
def classifier(graph, overrides):
    """Return a starter of classifier nodes, with random weights unless told otherwise."""

    def start(**values):
        values = {'weights': 'random', **values}
        node = graph.add(ClassifierNode(parameter_overrides=overrides(**values)))
        assert node.start()
        return node

    return start


@pytest.fixture
def send(graph):
    """Return a sender of images that repeats until a condition holds."""

    def start(image, condition, what, frame_id='lens'):
        publisher = graph.client.create_publisher(Image, 'image', qos_profile_sensor_data)
        header = Header(frame_id=frame_id)
        header.stamp.sec = 1234
        message = to_messages.image_to_message(image, header)
        graph.publish_until(publisher, message, condition, what)

    return start


@pytest.fixture
def start():
    """Return a starter of processes that run a node or a program; all are killed at the end."""
    started = []
    # It would hide log lines that are lost in a buffer.
    inherited = {name: os.environ[name] for name in os.environ if name != 'PYTHONUNBUFFERED'}

    def start(executable='', *arguments, program='', **environment):
        process = subprocess.Popen(
            [sys.executable, '-c', program or program_of(executable), '--ros-args', *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**inherited, 'RCUTILS_LOGGING_USE_STDOUT': '1', **environment},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(process, words):
    """Read the output of a process until it contains the words; return what was read."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return ''.join(lines)
    raise AssertionError(f'{words!r} is not in:\n' + ''.join(lines))
