# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The YAML file for diagnostic_aggregator knows every status that the nodes publish."""

from pathlib import Path

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from diagnostic_msgs.msg import DiagnosticArray
import yaml

from rpi_classifier.bringup.processes import running
from rpi_classifier.nodes.camera.node import CameraNode

FILE = Path(__file__).resolve().parents[2] / 'config' / 'diagnostics.yaml'


def analyzers():
    """Return the parts of names by which the analyzers know their statuses."""
    parameters = yaml.safe_load(FILE.read_text())['/**']['ros__parameters']
    return [part for a in parameters.values() if isinstance(a, dict) for part in a['contains']]


@pytest.mark.parametrize('composed', ['true', 'false'])
def test_statuses_of_robots_differ_by_namespace_and_belong_to_the_same_analyzers(
    graph, photo_folder, composed
):
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    given = {'composed': composed, 'device': str(photo_folder), 'namespace': 'robot1'}
    parts = analyzers()

    def names():
        return {status.name for array in list(arrays) for status in array.status}

    def all_are_there():
        return {'robot1/camera: calibration', 'robot1/classifier: model'} <= names()

    with running(given, {'weights': 'random'}, isolated=False):
        graph.wait(all_are_there, 'statuses of both nodes')
    for name in names():
        assert name.startswith(('robot1/camera: ', 'robot1/classifier: '))
        assert sum(part in name for part in parts) == 1, name


def test_every_status_belongs_to_exactly_one_analyzer(
    graph, classifier, overrides, photo_folder, tmp_path
):
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    classifier(keep='every', keep_folder=str(tmp_path / 'kept'))
    camera = graph.add(CameraNode(parameter_overrides=overrides(device=str(photo_folder))))
    assert camera.start()
    pytest.importorskip('aiohttp', reason='aiohttp is not installed')
    from rpi_classifier.nodes.live_view.node import LiveViewNode

    page = graph.add(LiveViewNode(parameter_overrides=overrides(port=0)))
    assert page.start()

    def names():
        return {status.name for array in arrays for status in array.status}

    graph.wait(
        lambda: {'camera: calibration', 'classifier: keep', 'live_view: page'} <= names(),
        'statuses of all nodes',
    )
    parts = analyzers()
    for name in names():
        assert sum(part in name for part in parts) == 1, name
    for part in parts:
        assert any(part in name for name in names()), part
