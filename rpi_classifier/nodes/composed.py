# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Camera and classifier in one process: the camera hands its frames over without DDS."""

from __future__ import annotations

from typing import Any, NoReturn

from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common import process
from rpi_classifier.nodes.common.managed_node import ManagedNode


def make_nodes() -> list[ManagedNode[Any]]:
    """Return both nodes; the classifier takes the frames of the camera."""
    camera = CameraNode()
    return [camera, ClassifierNode(camera)]


def main() -> NoReturn:
    """Run both nodes; ``ros2 run rpi_classifier camera_classifier``."""
    process.run_nodes(make_nodes)
