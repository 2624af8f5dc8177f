# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameter file that tune writes starts the node, alone and by the launch file."""

from dataclasses import replace
import importlib.util
from pathlib import Path

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from support.launching import launched
from support.ros import LATCHED, wait_for
from support.trials import chooser, made_up
from vision_msgs.msg import LabelInfo
import yaml

from rpi_classifier.benchmark.choose import Choice
from rpi_classifier.benchmark.tuned_file import write_tuned
from rpi_classifier.benchmark.ways import REFERENCE
from rpi_classifier.bringup.plan import processes

ROOT = Path(__file__).resolve().parents[2]
COLOURS = ROOT / 'test' / 'fixtures' / 'v0.1' / 'colours.pt'
LAUNCH_FILE = ROOT / 'launch' / 'classifier.launch.py'


@pytest.fixture
def tuned(tmp_path):
    """Return what tune writes when a tiny network of the user's is fastest with one thread."""
    output = tmp_path / 'tuned.yaml'
    request = replace(chooser().request, model=str(COLOURS))
    choice = Choice(made_up(REFERENCE, model=str(COLOURS)), ('It is the fastest.',))
    write_tuned(output, request, choice, 'a board')
    return output


def test_node_starts_with_it(start, tuned):
    (process,) = processes({'params_file': str(tuned), 'camera': 'false'})
    assert process.ros_arguments[2:4] == ['--params-file', str(tuned)]
    log = wait_for(start(process.executable, '--params-file', str(tuned)), 'known answer')
    assert 'colours on torchscript, engine qnnpack' in log
    assert 'WARN' not in log


def test_own_file_before_it_keeps_its_other_settings(start, tuned, tmp_path):
    own = tmp_path / 'own.yaml'
    section = {'ros__parameters': {'model': '/nowhere.pt', 'class_id': 'colour'}}
    own.write_text(yaml.safe_dump({'/**/classifier': section}))
    both = ('--params-file', str(own), '--params-file', str(tuned))
    # What only the own file says is read: it is the one that is wrong.
    wait_for(start('classifier_node', *both), "class_id: 'colour' is not one of name, index")


@pytest.mark.skipif(
    not importlib.util.find_spec('launch_ros'), reason='the launch packages are not on PyPI'
)
def test_launch_takes_it(graph, tuned):
    found = graph.collect(LabelInfo, 'label_info', LATCHED)
    with launched(LAUNCH_FILE, 'camera:=false', f'params_file:={tuned}'):
        graph.wait(lambda: found, 'the labels of the model')
    assert [one.class_name for one in found[0].class_map] == ['red', 'green', 'blue']
