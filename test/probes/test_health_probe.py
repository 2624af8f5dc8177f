# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a container learns of the health of its nodes."""

import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus

COMMAND = [sys.executable, '-m', 'rpi_classifier.probes.health_probe']
OK, ERROR = DiagnosticStatus.OK, DiagnosticStatus.ERROR


@pytest.fixture
def probe(graph):
    """Return a function that runs the probe while statuses are published."""

    def run(*statuses, seconds='8'):
        array = DiagnosticArray()
        array.status = [
            DiagnosticStatus(name=name, level=level, message=said)
            for name, level, said in statuses
        ]
        publisher = graph.client.create_publisher(DiagnosticArray, '/diagnostics', 10)
        process = subprocess.Popen([*COMMAND, seconds], stdout=subprocess.PIPE, text=True)

        def ended():
            publisher.publish(array)
            return process.poll() is not None

        graph.wait(ended, 'the end of the probe')
        with process.stdout:
            return process.returncode, process.stdout.read().strip()

    return run


def test_nodes_that_report_no_error_are_healthy_whatever_others_report(probe):
    statuses = (('camera: stream', OK, 'fine'), ('motor: left', ERROR, 'hot'), ('', ERROR, 'x'))
    assert probe(*statuses) == (0, '1 statuses, no error')


def test_an_error_is_told_with_its_reason(probe):
    statuses = (('robot/camera: stream', ERROR, 'no camera'), ('classifier: rate', OK, '36 fps'))
    assert probe(*statuses) == (1, 'robot/camera: stream: no camera')


def test_silence_is_no_health(probe):
    said = 'neither camera nor classifier reports on /diagnostics'
    assert probe(seconds='0.5') == (1, said)
