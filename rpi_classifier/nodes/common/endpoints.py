# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The ends of a topic: an end is a name, a type and a QoS, and all must fit."""

from __future__ import annotations

from typing import Any, TypeAlias

from rclpy.qos import qos_check_compatible, QoSCompatibility, QoSProfile

EndpointInfo: TypeAlias = Any  # TopicEndpointInfo, which distributions have in other modules


_UNKNOWN = '_NODE_NAME_UNKNOWN_'  # of a program that is no ROS node, or not yet known


def name_of(end: EndpointInfo) -> str:
    """Return the full name of the node that an end belongs to."""
    if end.node_name == _UNKNOWN:
        return 'a program without a node name'
    return f'{end.node_namespace.rstrip("/")}/{end.node_name}'


def explain_type_mismatch(publisher: EndpointInfo, wanted: str) -> str:
    """Return that a publisher has another type than ``wanted``; empty if it has that one."""
    if publisher.topic_type == wanted:
        return ''
    return f'{name_of(publisher)} publishes {publisher.topic_type}, not {wanted}'


def explain_qos_mismatch(publisher: EndpointInfo, wanted: QoSProfile) -> str:
    """Return why a publisher's QoS does not serve a subscription; empty if it does."""
    level, reason = qos_check_compatible(publisher.qos_profile, wanted)
    if level != QoSCompatibility.ERROR:
        return ''
    return reason.replace('ERROR:', '').strip(' ;').replace(';', ', ')
