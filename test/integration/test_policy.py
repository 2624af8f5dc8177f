# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The SROS 2 policy allows exactly the endpoints that running nodes have."""

from pathlib import Path
import xml.etree.ElementTree as ElementTree

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.node import ClassifierNode

POLICY = Path(__file__).resolve().parents[2] / 'config' / 'sros2_policy.xml'
KINDS = {
    'publish': 'publisher', 'subscribe': 'subscriber', 'reply': 'service', 'request': 'client',
}  # fmt: skip


def allowed(enclave):
    """Return the endpoints that an enclave allows, {node: {(kind, name)}}."""
    root = ElementTree.parse(POLICY).getroot()
    result = {}
    for profile in root.iterfind(f"enclaves/enclave[@path='{enclave}']/profiles/profile"):
        node = profile.get('node')
        assert profile.get('ns') == '/'
        names = result[node] = set()
        for group in profile:
            ((permission, qualifier),) = group.attrib.items()
            assert qualifier == 'ALLOW'
            for one in group:
                name = one.text.replace('~', f'/{node}')
                names.add((KINDS[permission], name if name[0] == '/' else f'/{name}'))
    return result


def existing(graph, node):
    """Return the endpoints of a running node, {(kind, name)}."""
    found = {
        (kind, name)
        for kind in KINDS.values()
        for name, _ in getattr(graph.client, f'get_{kind}_names_and_types_by_node')(node, '/')
    }
    return found - {('service', f'/{node}/get_type_description')}  # not in Humble


@pytest.fixture
def start(graph, overrides):
    """Return a starter of nodes that waits until all allowed endpoints are in the graph."""

    def start(kind, wanted, *remap, **values):
        options = {'parameter_overrides': overrides(**values), 'cli_args': ['--ros-args', *remap]}
        node = graph.add(kind(**options))
        assert node.start()
        name = node.get_name()
        graph.wait(lambda: existing(graph, name) >= wanted, f'{name} with {sorted(wanted)}')
        return existing(graph, name)

    return start


def without_type_description(names):
    return {one for one in names if not one[1].endswith('/get_type_description')}


def test_camera_has_what_it_may_have(start, photo_folder):
    wanted = without_type_description(allowed('/camera')['camera'])
    assert start(CameraNode, wanted, device=str(photo_folder)) == wanted


@pytest.mark.parametrize('transport', ['raw', 'compressed'])
def test_classifier_has_what_it_may_have_but_one_of_two_kinds_of_images(start, transport):
    other = '/image_raw' if transport == 'compressed' else '/image_raw/compressed'
    wanted = without_type_description(allowed('/classifier')['classifier'])
    wanted -= {('subscriber', other)}
    remap = ('-r', 'image:=image_raw', '-r', 'image/compressed:=image_raw/compressed')
    values = {'weights': 'random', 'always_on': True, 'image_transport': transport}
    assert start(ClassifierNode, wanted, *remap, **values) == wanted


@pytest.mark.parametrize('transport', ['raw', 'compressed'])
def test_live_view_has_what_it_may_have_but_one_of_two_kinds_of_images(start, transport):
    pytest.importorskip('aiohttp', reason='aiohttp is not installed')
    from rpi_classifier.nodes.live_view.node import LiveViewNode

    class Watched(LiveViewNode):
        """Subscribes as if somebody watched."""

        def activate(self):
            super().activate()
            self._page.pages.count = self._page.watchers.count = 1

    other = '/image_raw' if transport == 'compressed' else '/image_raw/compressed'
    # A name of its own: nodes of earlier tests may still be in the graph.
    allowed_names = without_type_description(allowed('/live_view')['live_view'])
    wanted = {(kind, name.replace('/live_view/', '/page/')) for kind, name in allowed_names}
    wanted -= {('subscriber', other)}
    remap = (
        '-r',
        '__node:=page',
        '-r',
        'image:=image_raw',
        '-r',
        'image/compressed:=image_raw/compressed',
    )
    values = {'port': 0, 'controls': True, 'image_transport': transport}
    assert start(Watched, wanted, *remap, **values) == wanted


def test_both_in_one_process_may_do_the_same_but_subscribe_to_images():
    both = allowed('/camera_classifier')
    assert both['camera'] == allowed('/camera')['camera']
    assert both['classifier'] == {
        (kind, name) for kind, name in allowed('/classifier')['classifier'] if kind != 'subscriber'
    }


def test_every_node_may_describe_its_types():
    for enclave in ('/camera', '/classifier', '/camera_classifier', '/live_view'):
        for node, names in allowed(enclave).items():
            assert ('service', f'/{node}/get_type_description') in names
