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

"""The rules of import: the core runs without ROS, torch stays in its rooms."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / 'rpi_classifier'
FILES = sorted(PACKAGE.rglob('*.py'))
ROS = {
    'rclpy',
    'cv_bridge',
    'rcl_interfaces',
    'std_msgs',
    'sensor_msgs',
    'vision_msgs',
    'diagnostic_msgs',
    'lifecycle_msgs',
    'std_srvs',
    'builtin_interfaces',
    'ament_index_python',
    'launch',
    'launch_ros',
}


def imported(path: Path) -> set[str]:
    """Return the dotted names that a file imports anywhere."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f'{node.module}.{alias.name}' for alias in node.names)}
    return names


def roots(path: Path) -> set[str]:
    return {name.split('.')[0] for name in imported(path)}


@pytest.mark.parametrize('path', FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_file_keeps_the_rules(path):
    room = path.relative_to(PACKAGE).parts[0]
    if room != 'nodes':
        assert not roots(path) & ROS, 'ROS belongs in nodes/'
        assert not any(name.startswith('rpi_classifier.nodes') for name in imported(path))
    if room not in ('runtime', 'zoo.py'):
        assert not roots(path) & {'torch', 'torchvision'}, 'torch belongs in runtime/ and zoo.py'
    if room not in ('cli', 'nodes'):
        assert not any(name.startswith('rpi_classifier.cli') for name in imported(path))
    if room not in ('capture.py',):
        assert 'VideoCapture' not in path.read_text().replace('cv2.VideoCapture', 'VideoCapture')
