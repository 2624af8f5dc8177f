# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Checks whether the cameras and classifiers that run now fit together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rpi_classifier.doctor.check_result import CheckResult, error, ok, skipped, warn
from rpi_classifier.probes.run_probe import ProbeResult

_GRAPH = 'ros.graph'
_IMAGE, _COMPRESSED_IMAGE = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'
_COMPRESSED = '/compressed'


def check_graph(probe: ProbeResult) -> CheckResult:
    """Check whether the ends of all topics of images fit, and all classifiers get images."""
    found = probe.values
    if 'topics' not in found:
        return skipped(_GRAPH, 'cannot be examined without a middleware')
    topics, classifiers = found['topics'], found['classifiers']
    fault = (
        _find_clash(topics, found['nodes'])
        or _find_starving(topics, classifiers)
        or _find_twins(found['nodes'])
    )
    if fault:
        return fault
    if not found['nodes']:
        return skipped(_GRAPH, 'neither camera nor classifier runs here now')
    return ok(_GRAPH, f'{", ".join(found["nodes"])}: all connections are compatible')


def _find_clash(topics: Mapping[str, Any], nodes: Collection[str]) -> CheckResult | None:
    """Return the first publisher and subscriber whose type or QoS does not fit; ours first."""
    clashes = [(topic, clash) for topic, ends in topics.items() for clash in ends['clashes']]
    for own in (True, False):
        for topic, clash in clashes:
            if any(end in nodes for end in clash['between']) == own:
                what = f'{" -> ".join(clash["between"])} on {topic}: {clash["reason"]}'
                return (error if own else warn)(_GRAPH, what, _advise(topic, clash, nodes))
    return None


def _advise(topic: str, clash: Mapping[str, Any], nodes: Collection[str]) -> str:
    publisher, subscriber = clash['between']
    if clash['by_type']:
        if subscriber in nodes and topic.endswith(_COMPRESSED):
            return 'give the raw images a name that does not end in /compressed'
        if subscriber in nodes:
            return (
                f'for compressed images set image_transport: compressed and remap '
                f'image/compressed:={topic}; for raw ones image_transport: raw and image:={topic}'
            )
        return f'remap {publisher} or {subscriber}: one topic has one type'
    if publisher in nodes:
        return 'set qos_reliability: reliable for the camera, or let the subscriber request less'
    return f'let {publisher} offer more, or {subscriber} request less'


def _find_starving(topics: Mapping[str, Any], classifiers: Collection[str]) -> CheckResult | None:
    """Return the first classifier that waits for images that nobody publishes."""
    for topic, ends in topics.items():
        for end in ends['subscribers']:
            if not ends['publishers'] and end['node'] in classifiers:
                what = f'{end["node"]} waits for {topic} ({end["type"]}), which nobody publishes'
                given = _types_given(topics, classifiers)
                return warn(_GRAPH, what, _advise_source(given, topic, end['type']))
    return None


def _find_twins(nodes: Sequence[str]) -> CheckResult | None:
    """Return the first name that two nodes have."""
    for name in nodes:
        if nodes.count(name) > 1:
            what = f'{nodes.count(name)} nodes are named {name}; services of any of them answer'
            fix = 'end all but one, or start with namespace:=NAME (killed ones fade in 20 s)'
            return warn(_GRAPH, what, fix)
    return None


def _types_given(topics: Mapping[str, Any], classifiers: Collection[str]) -> dict[str, set[str]]:
    """Return the types published on each topic of pictures, without the debug images."""
    return {
        topic: {one['type'] for one in ends['publishers'] if one['node'] not in classifiers}
        for topic, ends in topics.items()
        if _may_be_pictures(topic)
    }


def _advise_source(given: Mapping[str, set[str]], topic: str, wanted: str) -> str:
    """Return how a classifier gets images of a topic that has some, of the wanted type if any."""
    sibling = topic.removesuffix(_COMPRESSED) if wanted == _COMPRESSED_IMAGE else ''
    for other, transport in ((topic + _COMPRESSED, 'compressed'), (sibling, 'raw')):
        type_ = _COMPRESSED_IMAGE if transport == 'compressed' else _IMAGE
        if type_ != wanted and type_ in given.get(other, ()):
            return f'set image_transport: {transport}, to take {other} ({type_})'
    for type_ in (wanted, *({_IMAGE, _COMPRESSED_IMAGE} - {wanted})):
        for other, types in given.items():
            if type_ in types and other.endswith(_COMPRESSED) == (type_ == _COMPRESSED_IMAGE):
                transport = '' if type_ == wanted else _transport_beside(type_)
                return f'start with camera:=false image:={other} ({type_}){transport}'
    for other, types in given.items():
        if _COMPRESSED_IMAGE in types:
            return f'set image_transport: compressed and remap image/compressed:={other}'
    return 'start a camera'


def _transport_beside(type_: str) -> str:
    """Return what a name that ends in /compressed tells by itself, and any other does not."""
    return ' and image_transport: raw' if type_ == _IMAGE else ''


def _may_be_pictures(topic: str) -> bool:
    """Return whether a topic is not known to hold depth."""
    return 'depth' not in topic.lower()
