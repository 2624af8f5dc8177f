# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The layout for Foxglove shows panels that exist, and topics that the nodes publish."""

import json
from pathlib import Path
import re

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')


LAYOUT = Path(__file__).parents[2] / 'config' / 'foxglove_layout.json'


def panels(layout):
    """Return the names of the panels in a layout's tree."""
    if isinstance(layout, str):
        return [layout]
    return panels(layout['first']) + panels(layout['second'])


def test_every_panel_is_placed_and_shows_a_topic_of_the_classifier(graph, classifier):
    content = json.loads(LAYOUT.read_text())
    configs = content['configById']
    assert sorted(panels(content['layout'])) == sorted(configs)
    paths = re.findall(r'"(/[\w/]+)', json.dumps(configs))
    node = classifier()
    published = {name for name, _ in node.get_publisher_names_and_types_by_node('classifier', '/')}
    assert len(paths) == len(configs)
    assert set(paths) <= published
