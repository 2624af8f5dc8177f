# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Companions follow the resolved name of their base, and their own remapping wins."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.node import Node

from rpi_classifier.nodes.common.image_topics import resolve_image_topics


@pytest.fixture
def resolved(graph):
    """Return the names of raw images, compressed images, camera_info, and of what was meant."""

    def resolve(*remappings, base='image_raw', namespace='robot'):
        arguments = [word for rule in remappings for word in ('-r', rule)]
        arguments = ['--ros-args', *arguments] if arguments else []
        node = graph.add(Node('eye', namespace=namespace, cli_args=arguments))
        topics = resolve_image_topics(node, base)
        names = (topics.raw, topics.compressed, topics.camera_info)
        return *(node.resolve_topic_name(name) for name in names), topics.compressed_meant

    return resolve


@pytest.mark.parametrize(
    ('remappings', 'expected'),
    [
        (
            (),
            ('/robot/image_raw', '/robot/image_raw/compressed', '/robot/camera_info', ''),
        ),
        (
            ('image_raw:=/front/image_raw',),
            ('/front/image_raw', '/front/image_raw/compressed', '/front/camera_info', ''),
        ),
        (
            ('image_raw:=front',),
            ('/robot/front', '/robot/front/compressed', '/robot/camera_info', ''),
        ),
        (
            ('image_raw:=/top',),
            ('/top', '/top/compressed', '/camera_info', ''),
        ),
        (
            ('image_raw:=/a/b', 'image_raw/compressed:=/jpeg', 'camera_info:=/info'),
            ('/a/b', '/jpeg', '/info', ''),
        ),
        (
            ('image_raw:=/a/b/compressed',),
            ('/a/b', '/a/b/compressed', '/a/camera_info', '/a/b/compressed'),
        ),
        (
            ('image_raw:=/compressed',),
            ('/compressed', '/compressed/compressed', '/camera_info', ''),
        ),
        (
            ('/robot/image_raw:=/other/image_raw', '/other/image_raw:=/robot/image_raw'),
            ('/other/image_raw', '/other/image_raw/compressed', '/other/camera_info', ''),
        ),
    ],
)
def test_companions_follow_the_base_unless_they_are_remapped(resolved, remappings, expected):
    assert resolved(*remappings) == expected
