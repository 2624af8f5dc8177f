# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Why no image comes from a topic, as far as the ends of the topic tell."""

from __future__ import annotations

from collections.abc import Sequence
import os

from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.utilities import get_rmw_implementation_identifier

from rpi_classifier.bringup.plan import profile_variable
from rpi_classifier.nodes.common.endpoints import (
    EndpointInfo,
    explain_qos_mismatch,
    explain_type_mismatch,
    name_of,
)

IMAGE = 'sensor_msgs/msg/Image'
COMPRESSED_IMAGE = 'sensor_msgs/msg/CompressedImage'
_TRANSPORTS = {IMAGE: 'raw', COMPRESSED_IMAGE: 'compressed'}
_NAMES = {IMAGE: 'image', COMPRESSED_IMAGE: 'image/compressed'}
_MOST_NAMES = 3


def explain_silence(node: Node, topic: str, wanted: str, qos: QoSProfile, companion: str) -> str:
    """
    Say why nothing comes: nobody publishes, the type or the QoS is another, or images get lost.

    :param wanted: the type of the subscription, and ``qos`` its QoS.
    :param companion: the topic of the other transport.
    :returns: what follows ``no image for 3 s``.
    """
    publishers = node.get_publishers_info_by_topic(topic)
    if not publishers:
        return f'on {topic}, which has 0 publishers{_advise_companion(node, companion, wanted)}'
    fitting = [one for one in publishers if not explain_type_mismatch(one, wanted)]
    if not fitting:
        return f'on {topic}: {_explain_types(topic, publishers, wanted)}'
    clashes = [explain_qos_mismatch(one, qos) for one in fitting]
    if all(clashes):
        return f'on {topic}, which {_names(fitting)} publishes; the QoS does not fit: {clashes[0]}'
    return f'on {topic}, though {_names(fitting)} publishes there: {_explain_loss()}'


def _advise_companion(node: Node, companion: str, wanted: str) -> str:
    types = {one.topic_type for one in node.get_publishers_info_by_topic(companion)}
    for other in (types & _TRANSPORTS.keys()) - {wanted}:
        return f'; {companion} has some, to take it set image_transport: {_TRANSPORTS[other]}'
    return ''


def _explain_types(topic: str, publishers: Sequence[EndpointInfo], wanted: str) -> str:
    said = explain_type_mismatch(publishers[0], wanted)
    for other in {one.topic_type for one in publishers} & _TRANSPORTS.keys():
        if other == IMAGE and topic.endswith('/compressed'):
            return f'{said}; give the raw images a name that does not end in /compressed'
        return (
            f'{said}; to take it set image_transport: {_TRANSPORTS[other]} and remap '
            f'{_NAMES[other]} to it'
        )
    return said


def _explain_loss() -> str:
    if 'fastrtps' not in get_rmw_implementation_identifier():
        return 'it sends none, or they get lost on the way; see its log, and the network'
    return (
        'it sends none, or they are larger than the shared memory of their sender, which by '
        f'default holds 512 KB; start the sender with {profile_variable(os.environ)} set to '
        'config/fastdds.xml of this package'
    )


def _names(publishers: Sequence[EndpointInfo]) -> str:
    names = sorted({name_of(one) for one in publishers})
    more = f' and {len(names) - _MOST_NAMES} more' if len(names) > _MOST_NAMES else ''
    return ', '.join(names[:_MOST_NAMES]) + more
