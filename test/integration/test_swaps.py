# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A few exchanges of the model under a steady camera: what is held, and whose the labels are."""

from dataclasses import replace
from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier.cli import export_model
from rpi_classifier.models.onnx_archive import pack_onnx, unpack_onnx

SWAPS = Path(__file__).with_name('swaps.py')
COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'
MODEL = 'shufflenet_v2_x0_5'


def swap(model, other):
    # A machine that does other things loses images, so they do not count here.
    options = ['--times', '10', '--lost', '1000']
    command = [sys.executable, str(SWAPS), str(model), str(other), *options]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert 'mixed 0, late 0' in result.stdout
    assert 'exit status 0' in result.stdout


def export(path):
    command = ['--model', MODEL, '--weights', 'random', '--output', str(path)]
    assert export_model.main(command) == 0
    return path


def with_other_labels(path):
    """Write a copy of an exported file whose classes have other names."""
    import onnx

    data = path.read_bytes()
    metadata, network = unpack_onnx(data, path), onnx.load_from_string(data)
    del network.metadata_props[:]
    labels = tuple(f'other {label}' for label in metadata.labels)
    copy = path.with_name('other.onnx')
    copy.write_bytes(pack_onnx(replace(metadata, labels=labels), network.SerializeToString()))
    return copy


def test_ten_exchanges_on_torch_mix_no_labels_and_hold_no_more(tmp_path):
    swap(COLOURS, export(tmp_path / 'm.pt'))


def test_ten_exchanges_on_onnx_mix_no_labels_and_hold_no_more(tmp_path):
    for package in ('onnx', 'onnxruntime'):
        pytest.importorskip(package, reason='needs scripts/setup --with-onnx')
    model = export(tmp_path / 'm.onnx')
    swap(model, with_other_labels(model))
