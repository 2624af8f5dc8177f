# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Camera and classifier in one process: the camera hands its frames over without DDS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.camera.node import USAGE as CAMERA_USAGE
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.classifier.node import USAGE as CLASSIFIER_USAGE
from rpi_classifier.nodes.common import process
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.common.topics import CLASSIFIER_TOPICS, Topics

USAGES = (
    CAMERA_USAGE,
    replace(
        CLASSIFIER_USAGE,
        topics=Topics(publishes=CLASSIFIER_TOPICS.publishes),
        example='-p model:=resnet18',
    ),
)


def make_nodes() -> list[ManagedNode[Any]]:
    """Return both nodes; the classifier takes the frames of the camera."""
    camera = CameraNode()
    return [camera, ClassifierNode(camera)]


def main() -> NoReturn:
    """Run both nodes; ``ros2 run rpi_classifier camera_classifier``."""
    process.run_nodes(make_nodes, USAGES)
