# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The classifier under use_sim_time: a clock that stands still, jumps ahead, and jumps back."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.qos import qos_profile_sensor_data
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from vision_msgs.msg import Classification

from rpi_classifier.nodes.common import to_messages


@pytest.fixture
def simulate(graph, image):
    """Return a simulation that sets the clock and shows one image, until it is classified."""
    clock = graph.client.create_publisher(Clock, '/clock', 10)
    camera = graph.client.create_publisher(Image, 'image', qos_profile_sensor_data)
    results = graph.collect(Classification, 'classification')

    def show(second):
        time = Clock()
        time.clock.sec = second
        header = Header()
        header.stamp.sec = second
        message = to_messages.image_to_message(image, header)

        def seen():
            clock.publish(time)
            return results and results[-1].header.stamp.sec == second

        graph.publish_until(camera, message, seen, f'a result of second {second}')

    return show


def test_diagnostics_come_while_the_clock_stands_still(graph, classifier):
    seen = graph.diagnostics()
    classifier(use_sim_time=True)
    graph.wait(lambda: seen.status('classifier: model'), 'diagnostics')


def test_images_before_the_first_tick_are_refused_and_the_reason_names_the_clock(
    graph, classifier, send, image
):
    seen = graph.diagnostics()
    classifier(use_sim_time=True, always_on=True)
    send(
        image,
        lambda: int(seen.values('classifier: input').get('refused: stamp ahead', 0)) > 0,
        'a refusal',
    )
    assert '/clock' in seen.values('classifier: input')['newest']


def test_results_go_on_over_jumps_of_the_clock(classifier, simulate):
    node = classifier(use_sim_time=True, always_on=True, max_age=10.0)
    for second in (100, 101, 3700, 3701, 50, 51):
        simulate(second)
    assert node.error is None
