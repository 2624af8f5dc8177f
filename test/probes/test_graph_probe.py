# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What doctor learns of a running ROS graph."""

import json
import subprocess
import sys
import time

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data, QoSProfile
from sensor_msgs.msg import CompressedImage, Image

from rpi_classifier.doctor import ros_graph
from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.probes.run_probe import ProbeResult


def look() -> dict:
    command = [sys.executable, '-m', 'rpi_classifier.probes.graph_probe', '20']
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    return {key: value for line in lines.splitlines() for key, value in json.loads(line).items()}


def test_a_reliable_subscriber_of_a_best_effort_camera_is_found(graph):
    camera = graph.add(Node('camera'))
    camera.create_publisher(Image, 'image_raw', qos_profile_sensor_data)
    graph.client.create_subscription(Image, 'image_raw', lambda _: None, QoSProfile(depth=1))
    graph.client.create_subscription(Image, 'fitting', lambda _: None, qos_profile_sensor_data)
    deadline = time.monotonic() + 90
    found = look()
    while not {'/image_raw', '/fitting'} <= found['topics'].keys():
        assert time.monotonic() < deadline, found
        found = look()
    assert found['nodes'] == ['/camera']
    assert found['middleware'].startswith('rmw_')
    assert found['topics']['/image_raw']['publishers'] == [
        {
            'node': '/camera',
            'type': 'sensor_msgs/msg/Image',
            'reliability': 'best_effort',
            'durability': 'volatile',
        }
    ]
    (clash,) = found['topics']['/image_raw']['clashes']
    assert clash['between'] == ['/camera', '/client']
    assert not found['topics']['/fitting']['clashes']
    finding = ros_graph.check_graph(ProbeResult((found,)))
    assert finding.severity == 'error'
    assert 'reliab' in finding.finding.lower()


def test_own_nodes_are_found_under_any_name_and_types_are_compared(graph):
    for kind, name in ((CameraNode, 'left'), (ClassifierNode, 'eye')):
        names = ['--ros-args', '-r', f'__node:={name}', '-r', '__ns:=/robot']
        node = graph.add(kind(cli_args=names))
        if kind is CameraNode:  # before, it has only the services of any node with a lifecycle
            node.trigger_configure()
    graph.stranger('esp').create_publisher(CompressedImage, 'image', 1)
    graph.client.create_subscription(Image, 'image', lambda _: None, 1)
    deadline = time.monotonic() + 90
    found = look()
    while not (len(found['nodes']) == 2 and '/esp' in str(found['topics'])):
        assert time.monotonic() < deadline, found
        found = look()
    assert found['nodes'] == ['/robot/eye', '/robot/left']
    assert found['classifiers'] == ['/robot/eye']
    (clash,) = found['topics']['/image']['clashes']
    assert clash == {
        'between': ['/esp', '/client'],
        'reason': '/esp publishes sensor_msgs/msg/CompressedImage, not sensor_msgs/msg/Image',
        'by_type': True,
    }
