# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The topic stable_classification over DDS: it shows changes and no flicker."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

import cv2
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from support.ros import LATCHED
from vision_msgs.msg import Classification

from rpi_classifier.nodes.common import to_messages

BIRD, CAT = 'chickadee', 'Egyptian cat'  # 99.9 and 86.7 %


@pytest.fixture
def show(graph, photos):
    """Return a function that publishes the photo of a class, stamped with a second."""
    publisher = graph.client.create_publisher(Image, 'image', qos_profile_sensor_data)
    results = graph.collect(Classification, 'classification', 100)
    images = {top5[0]['label']: cv2.imread(str(path)) for path, top5 in photos.items()}

    def show(label, second):
        header = Header(frame_id=label)
        header.stamp.sec = 1000 + second
        message = to_messages.image_to_message(images[label], header)
        graph.publish_until(
            publisher,
            message,
            lambda: any(result.header == header for result in results),
            f'a result for {label}',
        )

    return show


def classes(messages):
    return [message.results[0].class_id if message.results else None for message in messages]


def test_flicker_does_not_come_through_and_changes_do(weights, graph, classifier, show):
    stable = graph.collect(Classification, 'stable_classification', LATCHED)
    # A window of 20 s of image time, so that no pause of this machine is a gap.
    node = classifier(weights='default', smoothing_window=20.0, min_duration=2.0)
    for second in range(3):
        show(BIRD, second)
    graph.wait(lambda: stable, 'the first stable class')
    assert stable[0].header.stamp.sec == 1002
    assert stable[0].header.frame_id == BIRD
    assert stable[0].results[0].score > 0.9
    # In 20 s, half of the time each, the bird falls to about a half and not below leave_threshold.
    for second in range(3, 23):
        show(CAT if second % 2 else BIRD, second)
    # The cat alone reaches the threshold, holds it for 2 s, and the bird falls below the other.
    for second in range(23, 60):
        show(CAT, second)
    graph.wait(lambda: len(stable) > 1, 'the change')
    assert classes(stable) == [BIRD, CAT]
    assert 1023 < stable[1].header.stamp.sec < 1050
    late = graph.collect(Classification, 'stable_classification', LATCHED)
    graph.wait(lambda: late, 'the present state for a late subscriber')
    assert classes(late) == [CAT]
    node.trigger_deactivate()
    graph.wait(lambda: len(stable) > 2, 'the end')
    assert classes(stable) == [BIRD, CAT, None]


def test_class_is_taken_back_when_images_stop(weights, graph, classifier, show):
    stable = graph.collect(Classification, 'stable_classification', LATCHED)
    classifier(weights='default', smoothing_window=0.1, min_duration=0.0)
    show(CAT, 0)
    graph.wait(lambda: len(stable) > 1, 'the end')
    assert classes(stable) == [CAT, None]
    assert stable[1].header.frame_id == CAT


def test_a_subscriber_of_the_stable_class_alone_is_demand(graph, classifier):
    classifier()
    assert graph.client.count_subscribers('image') == 0
    graph.collect(Classification, 'stable_classification', LATCHED)
    graph.wait(lambda: graph.client.count_subscribers('image') == 1, 'a subscription to image')


def test_nothing_is_smoothed_for_nobody(weights, graph, classifier, show):
    node = classifier(weights='default', min_duration=0.0)
    show(CAT, 0)
    assert node._stable._smoother.stable is None
