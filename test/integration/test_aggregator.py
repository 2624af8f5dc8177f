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


def test_every_status_belongs_to_exactly_one_analyzer(
    graph, classifier, overrides, photo_folder, tmp_path
):
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    classifier(keep='every', keep_folder=str(tmp_path / 'kept'))
    camera = graph.add(CameraNode(parameter_overrides=overrides(device=str(photo_folder))))
    assert camera.start()

    def names():
        return {status.name for array in arrays for status in array.status}

    graph.wait(
        lambda: {'camera: calibration', 'classifier: keep'} <= names(), 'statuses of both nodes'
    )
    parameters = yaml.safe_load(FILE.read_text())['/**']['ros__parameters']
    parts = [part for a in parameters.values() if isinstance(a, dict) for part in a['contains']]
    for name in names():
        assert sum(part in name for part in parts) == 1, name
    for part in parts:
        assert any(part in name for name in names()), part
