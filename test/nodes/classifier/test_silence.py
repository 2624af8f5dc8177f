# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Why no image comes from a topic: its ends differ in name, type or QoS, or images get lost."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.qos import qos_profile_sensor_data, QoSProfile
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import String

from rpi_classifier.nodes.classifier.silence import COMPRESSED_IMAGE, explain_silence, IMAGE

RELIABLE = QoSProfile(depth=1)


@pytest.fixture
def said(graph):
    """Return what is said of a topic once all of its publishers are known."""

    def explain(*publishers, topic='/image', wanted=IMAGE, qos=qos_profile_sensor_data):
        for number, (kind, name, offered) in enumerate(publishers, 1):
            graph.stranger(f'driver{number}').create_publisher(kind, name, offered)
        ends = graph.client.get_publishers_info_by_topic
        for number, (_, name, _) in enumerate(publishers, 1):
            graph.wait(
                lambda name=name, driver=f'driver{number}': (
                    driver in [end.node_name for end in ends(name)]
                ),
                'the publisher',
            )
        return explain_silence(graph.client, topic, wanted, qos, '/image/compressed')

    return explain


def test_topic_without_a_publisher_is_named_with_the_transport_that_has_some(said):
    assert said() == 'on /image, which has 0 publishers'
    assert said((CompressedImage, '/image/compressed', 1)) == (
        'on /image, which has 0 publishers; /image/compressed has some, to take it set '
        'image_transport: compressed'
    )


@pytest.mark.parametrize(
    ('kind', 'topic', 'wanted', 'words'),
    [
        (CompressedImage, '/jpeg', IMAGE, 'not sensor_msgs/msg/Image; to take it set image_trans'),
        (Image, '/raw', COMPRESSED_IMAGE, 'image_transport: raw and remap image to it'),
        (Image, '/odd/compressed', COMPRESSED_IMAGE, 'a name that does not end in /compressed'),
        (
            String,
            '/words',
            IMAGE,
            '/driver1 publishes std_msgs/msg/String, not sensor_msgs/msg/Im',
        ),
    ],
)
def test_publisher_of_another_type_is_named_with_both_types(said, kind, topic, wanted, words):
    found = said((kind, topic, 1), topic=topic, wanted=wanted)
    assert found.startswith(f'on {topic}: /driver1 publishes ')
    assert words in found


def test_publisher_whose_qos_does_not_fit_is_named(said):
    found = said((Image, '/image', qos_profile_sensor_data), qos=RELIABLE)
    assert found == (
        'on /image, which /driver1 publishes; the QoS does not fit: Best effort publisher and '
        'reliable subscription'
    )


def test_silent_publisher_that_fits_may_lose_large_images(said):
    found = said((Image, '/image', RELIABLE), (CompressedImage, '/image', RELIABLE))
    assert found.startswith('on /image, though /driver1 publishes there: it sends none, or they ')
