# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Looks for publishers and subscribers of images in the ROS graph; doctor runs it as a process.

usage: python -m rpi_classifier.probes.graph_probe SECONDS

Prints JSON: the middleware; the nodes of this package, and which of them are classifiers, under
whatever names; for each topic of images its publishers, its subscribers, and the pairs whose type
or QoS does not fit, with the reason.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import rclpy
from rclpy.node import Node, NodeNameNonExistentError
from rclpy.qos import QoSProfile
from rclpy.utilities import get_rmw_implementation_identifier

from rpi_classifier.nodes.common.endpoints import (
    EndpointInfo,
    explain_qos_mismatch,
    explain_type_mismatch,
    name_of,
)

_TYPES = ('sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage')
# A node of this package has the service beside those of a lifecycle, under whatever name it runs.
_MARKS = {
    'camera': ('set_camera_info', 'sensor_msgs/srv/SetCameraInfo'),
    'classifier': ('enable', 'std_srvs/srv/SetBool'),
}
_LIFECYCLE = ('change_state', 'lifecycle_msgs/srv/ChangeState')
_CALM_S = 2.0  # discovery is complete after this many seconds without a change
_POLL_S = 0.1


def look(node: Node) -> dict[str, Any]:
    """
    Return the nodes of this package and the topics of images that are known at this moment.

    A name that two nodes have is there twice.
    """
    names = sorted(node.get_node_names_and_namespaces())
    kinds = [(f'{space.rstrip("/")}/{name}', _kind_of(node, name, space)) for name, space in names]
    topics = {
        topic: _topic(node, topic)
        for topic, types in sorted(node.get_topic_names_and_types())
        if any(one in _TYPES for one in types)
    }
    return {
        'nodes': sorted(name for name, kind in kinds if kind),
        'classifiers': sorted(name for name, kind in kinds if kind == 'classifier'),
        'topics': topics,
    }


def _kind_of(node: Node, name: str, space: str) -> str:
    """Return whether a node is a camera or a classifier, by its services or its name."""
    try:
        services = dict(node.get_service_names_and_types_by_node(name, space))
    except NodeNameNonExistentError:  # it has just ended
        services = {}
    own = f'{space.rstrip("/")}/{name}'

    def has(service: str, kind: str) -> bool:
        return kind in services.get(f'{own}/{service}', ())

    for kind, mark in _MARKS.items():
        if has(*mark) and has(*_LIFECYCLE):
            return kind
    return name if name in _MARKS else ''


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
    for subscriber in subscribers:
        served = any(one.topic_type == subscriber.topic_type for one in publishers)
        for publisher in publishers:
            other = explain_type_mismatch(publisher, subscriber.topic_type)
            # Of two types on one topic, each subscriber may have its own.
            reason = '' if other else explain_qos_mismatch(publisher, subscriber.qos_profile)
            reason = reason or ('' if served else other)
            if reason:
                pair = [name_of(publisher), name_of(subscriber)]
                clashes.append({'between': pair, 'reason': reason, 'by_type': bool(other)})
    return {
        'publishers': [_end(info) for info in publishers],
        'subscribers': [_end(info) for info in subscribers],
        'clashes': clashes,
    }


def _end(info: EndpointInfo) -> dict[str, str]:
    qos: QoSProfile = info.qos_profile
    return {
        'node': name_of(info),
        'type': info.topic_type,
        'reliability': qos.reliability.name.lower(),
        'durability': qos.durability.name.lower(),
    }


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
