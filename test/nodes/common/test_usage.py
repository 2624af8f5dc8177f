# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The help of node executables."""

from dataclasses import fields
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from support.markdown import names, ROOT, table

from rpi_classifier.bringup.processes import program_of
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.nodes import composed
from rpi_classifier.nodes.camera.node import USAGE as CAMERA
from rpi_classifier.nodes.classifier.node import USAGE as CLASSIFIER
from rpi_classifier.nodes.common.usage import describe_usage


def test_help_says_what_a_node_does_and_names_each_parameter_with_default_and_meaning():
    text = describe_usage([CLASSIFIER])
    assert text.startswith('usage: ros2 run rpi_classifier classifier_node [--ros-args')
    assert 'classifier: Classifies the newest image while somebody subscribes' in text
    assert '  jit (default: true, true or false)\n      Compile the model' in text
    for field in fields(ClassifierConfig):
        assert f'\n  {field.name} (default: ' in text


@pytest.mark.parametrize('usage', [CAMERA, CLASSIFIER])
def test_help_names_the_documented_topics(usage):
    rows = table(ROOT / 'doc' / 'topics_and_parameters.md', 'node', 'direction', 'topic', 'type')
    documented = {'publishes': set(), 'subscribes': set()}
    for row in rows:
        if row['node'] == f'`{usage.name}`':
            documented[row['direction']].update(names(row['topic']))
    assert set(usage.topics.publishes) == documented['publishes']
    assert set(usage.topics.subscribes) == documented['subscribes']
    for topic in usage.topics.names:
        assert topic in describe_usage([usage])


def test_help_of_both_nodes_has_no_image_topic_that_nobody_subscribes_to():
    text = describe_usage(composed.USAGES)
    assert 'usage: ros2 run rpi_classifier camera_classifier ' in text
    assert 'parameters of camera:' in text
    assert 'parameters of classifier:' in text
    assert '  subscribes to' not in text
    assert 'image:=' not in text


@pytest.mark.parametrize('words', [['--help'], ['--ros-args', '-p', 'x', '-h']])
def test_an_executable_prints_its_help_and_starts_nothing(words):
    program = f'import rclpy; rclpy.init = None; {program_of("camera_node")}'
    done = subprocess.run(
        [sys.executable, '-c', program, *words],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, '')
    assert done.stdout == describe_usage([CAMERA]) + '\n'
