# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Looks for publishers and subscribers of images in the ROS graph; doctor runs it as a process.

usage: python -m rpi_classifier.probes.graph_probe SECONDS

Prints JSON: the middleware; the nodes of this package; for each topic of images its publishers,
its subscribers, and the pairs whose QoS is incompatible, with the reason.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any, TypeAlias

import rclpy
from rclpy.node import Node
from rclpy.qos import qos_check_compatible, QoSCompatibility, QoSProfile
from rclpy.utilities import get_rmw_implementation_identifier

_KINDS = ('sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage')
_OWN = ('camera', 'classifier')
_CALM_S = 2.0  # discovery is complete after this many seconds without a change
_POLL_S = 0.1
_EndpointInfo: TypeAlias = Any  # TopicEndpointInfo, which distributions have in other modules


def look(node: Node) -> dict[str, Any]:
    """
    Return the nodes of this package and the topics of images that are known at this moment.

    A name that two nodes have is there twice.
    """
    names = [f'{space.rstrip("/")}/{name}' for name, space in node.get_node_names_and_namespaces()]
    topics = {
        topic: _topic(node, topic)
        for topic, kinds in sorted(node.get_topic_names_and_types())
        if any(kind in _KINDS for kind in kinds)
    }
    own = sorted(name for name in names if name.rsplit('/', 1)[1] in _OWN)
    return {'nodes': own, 'topics': topics}


def observe(node: Node, limit_s: float) -> dict[str, Any]:
    """Look until nothing changes any more, but at most for ``limit_s`` seconds."""
    end = time.monotonic() + limit_s
    seen, since = look(node), time.monotonic()
    while time.monotonic() < min(end, since + _CALM_S):
        rclpy.spin_once(node, timeout_sec=_POLL_S)
        now = look(node)
        if now != seen:
            seen, since = now, time.monotonic()
    return seen


def _topic(node: Node, topic: str) -> dict[str, Any]:
    publishers = node.get_publishers_info_by_topic(topic)
    subscribers = node.get_subscriptions_info_by_topic(topic)
    clashes = []
    for publisher in publishers:
        for subscriber in subscribers:
            level, reason = qos_check_compatible(publisher.qos_profile, subscriber.qos_profile)
            if level == QoSCompatibility.ERROR:
                pair = [_name(publisher), _name(subscriber)]
                clashes.append({'between': pair, 'reason': reason.strip()})
    return {
        'publishers': [_end(info) for info in publishers],
        'subscribers': [_end(info) for info in subscribers],
        'clashes': clashes,
    }


def _end(info: _EndpointInfo) -> dict[str, str]:
    qos: QoSProfile = info.qos_profile
    return {
        'node': _name(info),
        'reliability': qos.reliability.name.lower(),
        'durability': qos.durability.name.lower(),
    }


def _name(info: _EndpointInfo) -> str:
    return f'{info.node_namespace.rstrip("/")}/{info.node_name}'


def main() -> None:
    """Look at the graph and print what was found."""
    rclpy.init()
    try:
        print(json.dumps({'middleware': get_rmw_implementation_identifier()}), flush=True)
        print(json.dumps(observe(Node('doctor'), float(sys.argv[1]))), flush=True)
    finally:
        rclpy.shutdown()


if __name__ == '__main__':
    main()
