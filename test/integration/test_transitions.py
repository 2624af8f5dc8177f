# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A few rounds through all states: a node that is configured again holds no more than before."""

from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier.cli import export_model

TRANSITIONS = Path(__file__).with_name('transitions.py')
MODEL = 'shufflenet_v2_x0_5'


def go_round(model):
    command = [sys.executable, str(TRANSITIONS), '--times', '8', '--model', str(model)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert 'exit status 0' in result.stdout


def test_node_on_torch_holds_no_more_after_eight_rounds():
    go_round(MODEL)


def test_node_on_onnx_holds_no_more_after_eight_rounds(tmp_path):
    for package in ('onnx', 'onnxruntime'):
        pytest.importorskip(package, reason='needs scripts/setup --with-onnx')
    path = tmp_path / 'm.onnx'
    assert export_model.main(['--model', MODEL, '--weights', 'random', '--output', str(path)]) == 0
    go_round(path)
