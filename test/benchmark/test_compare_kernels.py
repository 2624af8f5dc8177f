# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The comparison that scripts/test-aarch64 prints."""

import platform

import pytest

from rpi_classifier.benchmark import compare_kernels
from rpi_classifier.cli import export_model


@pytest.mark.skipif(platform.machine() == 'aarch64', reason='both kernels may run there')
def test_ways_that_run_here_are_compared_and_others_say_why_not(weights, photos, capsys):
    folder = next(iter(photos)).parent
    assert compare_kernels.main(folder) == 0
    printed = capsys.readouterr().out
    assert "| tutorial's loop, qnnpack | 4/4 |  | 1.00 | 1.00 |" in printed
    assert '| ours, qnnpack | 4/4 | bit-equal |' in printed
    assert (
        "ours, xnnpack: model mobilenet_v2: kernels: 'xnnpack': XNNPACK does not run this model"
        in printed
    )


def test_file_for_onnxruntime_is_a_way_too(weights, photos, tmp_path, capsys):
    pytest.importorskip('onnxruntime', reason='needs scripts/setup --with-onnx')
    pytest.importorskip('onnx', reason='needs scripts/setup --with-onnx')
    file = str(tmp_path / 'm.onnx')
    assert export_model.main(['--output', file]) == 0
    assert compare_kernels.main(next(iter(photos)).parent, file) == 0
    assert '| ours, onnx | 4/4 | bit-equal |' in capsys.readouterr().out
