# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The launch file, run for real: nodes start, classify, and end with status 0."""

import importlib.util
from pathlib import Path
import tempfile
import unittest

import pytest

pytest.importorskip('launch_testing', reason='the launch packages are not on PyPI')
pytest.importorskip('launch_ros', reason='the launch packages are not on PyPI')

import cv2
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
import launch_testing
from launch_testing.actions import ReadyToTest
import launch_testing.asserts
import numpy as np
import yaml

from launch import LaunchDescription

WITH_PAGE = importlib.util.find_spec('aiohttp') is not None
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.launch_test
@launch_testing.parametrize('composed', ['true', 'false'])
def generate_test_description(composed):
    """Launch on a folder with one photo and random weights."""
    folder = Path(tempfile.mkdtemp())
    cv2.imwrite(str(folder / 'grey.png'), np.full((60, 80, 3), 127, np.uint8))
    parameters = folder / 'parameters.yaml'
    content = yaml.safe_load((ROOT / 'config' / 'classifier.yaml').read_text())
    content['/**/classifier']['ros__parameters']['weights'] = 'random'
    parameters.write_text(yaml.safe_dump(content))
    source = PythonLaunchDescriptionSource(str(ROOT / 'launch' / 'classifier.launch.py'))
    arguments = {
        'params_file': str(parameters),
        'device': str(folder),
        'composed': composed,
        'always_on': 'true',
        'namespace': 'robot',
        'live': str(WITH_PAGE).lower(),
        'live_port': '0',
    }
    include = IncludeLaunchDescription(source, launch_arguments=arguments.items())
    return LaunchDescription([include, ReadyToTest()])


class TestWhileRunning(unittest.TestCase):
    def test_people_are_told_rate_time_and_classes(self, proc_output):
        proc_output.assertWaitFor('random/', timeout=120)

    def test_namespace_is_applied(self, proc_output):
        proc_output.assertWaitFor('[robot.classifier]', timeout=120)

    @unittest.skipUnless(WITH_PAGE, 'aiohttp is not installed')
    def test_live_page_is_served(self, proc_output):
        proc_output.assertWaitFor('the live page is at http://127.0.0.1:', timeout=120)


@launch_testing.post_shutdown_test()
class TestAfterShutdown(unittest.TestCase):
    def test_all_processes_end_with_status_0(self, proc_info):
        launch_testing.asserts.assertExitCodes(proc_info)
