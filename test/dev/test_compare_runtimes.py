# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The comparison of all runtimes' classes."""

import argparse
import importlib.util
from pathlib import Path

import pytest

from rpi_classifier.benchmark.rows import Row

SCRIPT = Path(__file__).resolve().parents[2] / 'dev/compare_runtimes.py'


@pytest.fixture(scope='module')
def script():
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location('compare_runtimes', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def jobs(script):
    options = argparse.Namespace(onnx=Path('m.onnx'), pte=Path('m.pte'))
    return script.ways(options, 'photos')


def test_all_ways_classify_whole_photos(jobs):
    assert all(job.photos == 'photos' and job.whole_photos for job in jobs.values())
    assert jobs['onnx, exact products'].exact
    assert [job.model for job in jobs.values()].count('m.onnx') == 2
    assert jobs['executorch'].model == 'm.pte'


def test_best_classes_are_counted(script, jobs):
    rows = {name: Row(job, best=[[1, 2], [3, 4], [5, 6]]) for name, job in jobs.items()}
    rows['onnx'].best = [[1, 2], [4, 3], [5, 7]]
    rows['executorch'] = Row(jobs['executorch'], error='not installed')
    printed = script.table(rows, [[1], [4], [6]], [[0], [4], [5]])
    lines = [line.split('|')[1:-1] for line in printed.splitlines()]
    cells = {name.strip(): [one.strip() for one in others] for name, *others in lines}
    assert cells[script.REFERENCE] == ['3/3', '1/3', '1/3']
    assert cells['onnx'] == ['2/3', '2/3', '2/3']
    assert cells['executorch'] == ['-', '-', '-']
    assert cells["torchvision's own, qnnpack"] == ['1/3', '3/3', '1/3']
