# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The YAML file for diagnostic_aggregator knows every status that the nodes publish."""

from pathlib import Path

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from diagnostic_msgs.msg import DiagnosticArray
import yaml

from rpi_classifier.nodes.camera.node import CameraNode

FILE = Path(__file__).resolve().parents[2] / 'config' / 'diagnostics.yaml'


def test_every_status_belongs_to_exactly_one_analyzer(graph, classifier, overrides, photo_folder):
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    classifier()
    camera = graph.add(CameraNode(parameter_overrides=overrides(device=str(photo_folder))))
    assert camera.start()
    pytest.importorskip('aiohttp', reason='aiohttp is not installed')
    from rpi_classifier.nodes.live_view.node import LiveViewNode

    page = graph.add(LiveViewNode(parameter_overrides=overrides(port=0)))
    assert page.start()

    def names():
        return {status.name for array in arrays for status in array.status}

    graph.wait(
        lambda: {'camera: calibration', 'classifier: model', 'live_view: page'} <= names(),
        'statuses of all nodes',
    )
    parameters = yaml.safe_load(FILE.read_text())['/**']['ros__parameters']
    parts = [part for a in parameters.values() if isinstance(a, dict) for part in a['contains']]
    for name in names():
        assert sum(part in name for part in parts) == 1, name
    for part in parts:
        assert any(part in name for name in names()), part
