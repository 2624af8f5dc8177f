# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""driver:=camera_ros, with a stand-in for that package's node."""

from importlib.util import find_spec
import os
from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from sensor_msgs.msg import CameraInfo, Image
from support.launching import launched
from vision_msgs.msg import Classification

from rpi_classifier.bringup.processes import running

STAND_IN = Path(__file__).resolve().parents[1] / 'support' / 'camera_ros.py'
ROOT = Path(__file__).resolve().parents[2]
START = ROOT / 'dev' / 'start.py'
LAUNCH_FILE = ROOT / 'launch' / 'classifier.launch.py'
SECTION = '/**/camera: {ros__parameters: {width: 64, height: 48, frame_id: lens}}\n'


@pytest.fixture
def camera_ros(tmp_path, monkeypatch):
    """Install a package of the name camera_ros whose node is the stand-in."""
    program = tmp_path / 'lib' / 'camera_ros' / 'camera_node'
    marker = tmp_path / 'share' / 'ament_index' / 'resource_index' / 'packages' / 'camera_ros'
    for file in (program, marker):
        file.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {STAND_IN} "$@"\n')
    program.chmod(0o755)
    marker.touch()
    known = os.environ.get('AMENT_PREFIX_PATH', '')
    monkeypatch.setenv('AMENT_PREFIX_PATH', f'{tmp_path}:{known}')


def launch(parameters, **given):
    return running(
        {'driver': 'camera_ros', 'params_file': str(parameters), **given},
        {'weights': 'random', 'always_on': 'true'},
        isolated=False,
    )


@pytest.mark.usefixtures('camera_ros')
@pytest.mark.parametrize(('format_', 'encoding'), [('', 'bgr8'), ('XRGB8888', 'bgra8')])
def test_its_images_are_classified_in_the_same_namespace(graph, tmp_path, format_, encoding):
    parameters = tmp_path / 'parameters.yaml'
    own = f', format: {format_}' if format_ else ''
    parameters.write_text(SECTION.replace('}}', f'{own}}}}}'))
    images = graph.collect(Image, 'front/image_raw')
    infos = graph.collect(CameraInfo, 'front/camera_info')
    results = graph.collect(Classification, 'front/classification')
    with launch(parameters, namespace='front'):
        graph.wait(lambda: results and images and infos, 'a result')
    assert (images[0].width, images[0].height, images[0].encoding) == (64, 48, encoding)
    assert {one[0].header.frame_id for one in (images, infos, results)} == {'lens'}


@pytest.mark.usefixtures('camera_ros')
def test_its_jpegs_are_classified_if_the_transport_says_so(graph, tmp_path):
    parameters = tmp_path / 'parameters.yaml'
    compressed = '/**/classifier: {ros__parameters: {image_transport: compressed}}\n'
    parameters.write_text(SECTION + compressed)
    results = graph.collect(Classification, 'classification')
    with launch(parameters):
        graph.wait(lambda: results, 'a result')
    assert results[0].header.frame_id == 'lens'


@pytest.mark.usefixtures('camera_ros')
@pytest.mark.skipif(not find_spec('launch_ros'), reason='the launch packages are not on PyPI')
def test_the_launch_file_starts_it(graph, tmp_path):
    parameters = tmp_path / 'parameters.yaml'
    random = '/**/classifier: {ros__parameters: {weights: random}}\n'
    parameters.write_text(SECTION + random)
    images = graph.collect(Image, 'image_raw')
    results = graph.collect(Classification, 'classification')
    with launched(LAUNCH_FILE, 'driver:=camera_ros', f'params_file:={parameters}'):
        graph.wait(lambda: results and images, 'a result')
    assert (images[0].encoding, results[0].header.frame_id) == ('bgr8', 'lens')


def test_if_it_is_not_installed_one_sentence_names_the_package():
    environment = {**os.environ, 'ROS_DISTRO': 'jazzy'}
    command = [sys.executable, str(START), 'driver:=camera_ros']
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 2
    assert done.stderr == (
        'scripts/run: the package camera_ros is not installed; run: '
        'sudo apt install ros-jazzy-camera-ros\n'
    )
