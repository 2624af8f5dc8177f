# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Images that are not classified cost nothing: they are not even decoded."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

import cv2
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CompressedImage
from vision_msgs.msg import Classification

from rpi_classifier.nodes.common import from_messages


@pytest.fixture
def decoded(monkeypatch):
    """Return the growing list of compressed images that were decoded, good and bad ones."""
    formats = []
    decode = from_messages.decode_compressed

    def noted(data, text):
        formats.append(text)
        return decode(data, text)

    monkeypatch.setattr(from_messages, 'decode_compressed', noted)
    return formats


@pytest.fixture
def stream(graph):
    """Return a publisher of JPEGs, or of what is given as one, that counts what it sent."""
    publisher = graph.client.create_publisher(
        CompressedImage, 'image/compressed', QoSProfile(depth=1)
    )
    sent = []

    def start(data, until, what, age_s=0):
        def enough():
            sent.append(what)
            return until()

        message = CompressedImage(format='jpeg', data=data)
        message.header.stamp = graph.client.get_clock().now().to_msg()
        message.header.stamp.sec -= age_s
        graph.publish_until(publisher, message, enough, what)
        return len(sent)

    return start


def test_image_that_is_too_old_is_refused_before_it_is_decoded(
    graph, classifier, stream, image, decoded
):
    node = classifier(always_on=True, image_transport='compressed', max_age=5.0)
    jpeg = cv2.imencode('.jpg', image)[1].tobytes()
    stream(jpeg, lambda: node._rejected.newest_reason == 'stamp too old', 'a refusal', age_s=60)
    assert not decoded
    results = graph.collect(Classification, 'classification')
    stream(jpeg, lambda: results, 'a result')
    assert decoded


@pytest.mark.parametrize('good', [True, False])
def test_max_rate_bounds_what_is_decoded_also_if_it_is_refused(
    classifier, stream, image, decoded, good
):
    node = classifier(always_on=True, image_transport='compressed', max_rate=2.0)
    jpeg = cv2.imencode('.jpg', image)[1].tobytes()
    data = jpeg if good else jpeg[: len(jpeg) // 2]
    sent = stream(data, lambda: len(decoded) >= 3, 'three images that were decoded')
    assert sent > 5 * len(decoded)
    assert node._images.skipped > len(decoded)
    assert node.error is None


def test_max_rate_that_is_raised_counts_at_once(graph, classifier, send, image):
    results = graph.collect(Classification, 'classification')
    classifier(always_on=True, max_rate=0.001)
    send(image, lambda: results, 'the first result')
    assert graph.set_parameters('classifier', max_rate=0.0)[0].successful
    send(image, lambda: len(results) > 1, 'the next one')
