# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""Camera and classifier in one process: frames are handed over without DDS."""

from __future__ import annotations

from typing import Any, NoReturn

from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common import process
from rpi_classifier.nodes.common.managed_node import ManagedNode


def make_nodes() -> list[ManagedNode[Any]]:
    """Return both nodes, joined."""
    camera = CameraNode()
    return [camera, ClassifierNode(camera)]


def main() -> NoReturn:
    """Run both nodes; ``ros2 run rpi_classifier camera_classifier``."""
    process.run(make_nodes)
