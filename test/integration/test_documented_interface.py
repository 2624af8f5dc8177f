# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The pages list the topics, services and statuses that running nodes have."""

import pytest
from support.markdown import code_blocks, names, ROOT, table

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from diagnostic_msgs.msg import DiagnosticArray
from support.ros import wait_for

from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.node import ClassifierNode

LIVE = ROOT / 'doc' / 'live.md'
INTERFACE = ROOT / 'doc' / 'topics_and_parameters.md'
# What every lifecycle node has, and not this package alone.
COMMON = ('lifecycle_msgs', 'rcl_interfaces', 'type_description_interfaces')
FIRST_SUBSCRIBER = code_blocks(ROOT / 'README.md', 'python')[0]
REMAP = ('-r', 'image:=image_raw', '-r', 'image/compressed:=image_raw/compressed')


def documented(node, page=INTERFACE):
    """Return {(kind, name, type)} of the tables, for a node without a namespace."""
    found = set()
    for row in table(page, 'node', 'direction', 'topic', 'type'):
        if row['node'] in (f'`{node}`', 'all'):
            (name,), (kind,) = names(row['topic']), names(row['type'])
            found.add((row['direction'], f'/{name.lstrip("/")}', kind))
    for row in table(INTERFACE, 'node', 'service', 'type'):
        if row['node'] == f'`{node}`':
            (name,), (kind,) = names(row['service']), names(row['type'])
            found.add(('serves', name.replace('~', f'/{node}'), kind))
    return found


def existing(graph, node):
    """Return the same of a running node."""
    client = graph.client
    endpoints = {
        'publishes': client.get_publisher_names_and_types_by_node(node, '/'),
        'subscribes': client.get_subscriber_names_and_types_by_node(node, '/'),
        'serves': client.get_service_names_and_types_by_node(node, '/'),
    }
    return {
        (direction, name, kind)
        for direction, ends in endpoints.items()
        for name, kinds in ends
        for kind in kinds
        if kind.split('/')[0] not in COMMON
    }


def live_view_node():
    """Return the class of the live page's node, which needs aiohttp."""
    pytest.importorskip('aiohttp', reason='aiohttp is not installed')
    from rpi_classifier.nodes.live_view.node import LiveViewNode

    return LiveViewNode


@pytest.fixture
def start_node(graph, overrides):
    """Return a starter of nodes."""

    def start_node(kind, *arguments, **values):
        options = {'cli_args': ['--ros-args', *arguments]}
        node = graph.add(kind(parameter_overrides=overrides(**values), **options))
        assert node.start()
        return node

    return start_node


def assert_documented(graph, node, wanted):
    graph.wait(lambda: existing(graph, node) >= wanted, f'{node} with {sorted(wanted)}')
    assert existing(graph, node) == wanted


def test_camera_has_the_documented_topics_and_services(graph, start_node, photo_folder):
    start_node(CameraNode, device=str(photo_folder))
    assert_documented(graph, 'camera', documented('camera'))


@pytest.mark.parametrize(('transport', 'other'), [('raw', 'compressed'), ('compressed', 'raw')])
def test_classifier_has_the_documented_topics_and_services(graph, start_node, transport, other):
    start_node(ClassifierNode, weights='random', always_on=True, image_transport=transport)
    topics = {'raw': '/image', 'compressed': '/image/compressed'}
    wanted = {end for end in documented('classifier') if end[1] != topics[other]}
    assert_documented(graph, 'classifier', wanted)


@pytest.mark.parametrize(('transport', 'other'), [('raw', 'compressed'), ('compressed', 'raw')])
def test_live_view_has_the_documented_topics_while_watched(graph, start_node, transport, other):
    topics = {'raw': '/image', 'compressed': '/image/compressed'}
    wanted = {end for end in documented('live_view', LIVE) if end[1] != topics[other]}
    # A name of its own: nodes of earlier tests may still be in the graph.
    name = ('-r', '__node:=page')
    node = start_node(live_view_node(), *name, port=0, image_transport=transport)
    assert_documented(graph, 'page', {end for end in wanted if end[0] == 'publishes'})
    node._page.pages.count = node._page.watchers.count = 1
    assert_documented(graph, 'page', wanted)


def test_nodes_publish_the_documented_statuses(graph, start_node, photo_folder, tmp_path):
    rows = table(ROOT / 'doc' / 'operation.md', 'status', 'what it reports')
    wanted = {name for row in rows for name in names(row['status'])}
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    start_node(CameraNode, device=str(photo_folder))
    start_node(ClassifierNode, weights='random', keep='every', keep_folder=str(tmp_path / 'kept'))
    start_node(live_view_node(), port=0)

    def seen():
        return {status.name for array in list(arrays) for status in array.status}

    graph.wait(lambda: seen() >= wanted, f'the statuses {sorted(wanted)}')
    assert seen() == wanted


def test_first_subscriber_prints_classes(start_node, start, photo_folder):
    start_node(CameraNode, device=str(photo_folder))
    start_node(ClassifierNode, *REMAP, weights='random')
    subscriber = start(program=FIRST_SUBSCRIBER, PYTHONUNBUFFERED='1')
    wait_for(subscriber, '% random/')
