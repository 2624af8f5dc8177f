# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The package inside a robot's own launch file: the examples of doc/other_drivers.md, run."""

from pathlib import Path

import pytest
import yaml

pytest.importorskip('launch_ros', reason='the launch packages are not on PyPI')
pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rcl_interfaces.srv import GetParameters
from rosgraph_msgs.msg import Clock
from support.launching import launched
from support.markdown import code_blocks
from vision_msgs.msg import Classification

ROOT = Path(__file__).resolve().parents[2]
TWICE, GROUP = code_blocks(ROOT / 'doc' / 'other_drivers.md', 'python')
DEVICES = (
    '/dev/v4l/by-id/usb-front-video-index0',
    '/dev/v4l/by-id/usb-rear-video-index0',
    '/dev/video0',
)


@pytest.fixture
def robot(tmp_path, photo_folder):
    """Return a runner of a launch file's text, with photos for cameras and random weights."""
    content = yaml.safe_load((ROOT / 'config' / 'classifier.yaml').read_text())
    content['/**/classifier']['ros__parameters'].update(weights='random', always_on=True)
    parameters = tmp_path / 'parameters.yaml'
    parameters.write_text(yaml.safe_dump(content))

    def run(text):
        for device in DEVICES:
            text = text.replace(device, str(photo_folder))
        text = text.replace('arguments = {', f"arguments = {{'params_file': '{parameters}', ")
        file = tmp_path / 'robot.launch.py'
        file.write_text(text)
        return launched(file)

    return run


def test_included_twice_each_classifies_in_its_namespace(graph, robot):
    front, rear = (
        graph.collect(Classification, f'/{name}/classification') for name in ('front', 'rear')
    )
    with robot(TWICE):
        graph.wait(lambda: front and rear, 'results of both')


def test_a_group_passes_namespace_remapping_and_simulated_time(graph, robot):
    results = graph.collect(Classification, '/robot/front/what_it_sees')
    clock = graph.client.create_publisher(Clock, '/clock', 10)
    time = Clock()
    time.clock.sec, time.clock.nanosec = 1234, 500_000_000

    def classified():
        clock.publish(time)
        return any(one.header.stamp.sec == 1234 for one in results)

    request = GetParameters.Request(names=['use_sim_time'])
    with robot(GROUP):
        graph.wait(classified, 'a result of the simulated second')
        for node in ('camera', 'classifier'):
            answer = graph.call(GetParameters, f'/robot/front/{node}/get_parameters', request)
            assert answer.values[0].bool_value
