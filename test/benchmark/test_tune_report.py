# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What tune prints, draws and keeps."""

import json

import pytest
from support.trials import chooser, made_up, ONNX, PTE, reference_trial

from rpi_classifier.benchmark import plot
from rpi_classifier.benchmark.tune_report import (
    about_machine,
    TITLES,
    tune_json,
    tune_table,
    Tuned,
)

LONG = 'it cannot be loaded by executorch 1.5.1 (error 0x12), nobody knows why'


@pytest.fixture
def tuned():
    """Return three ways, of which one failed."""
    failed = [made_up(PTE, threads=threads, refusal=LONG) for threads in (1, 2)]
    missing = made_up(PTE, threads=0, refusal='not installed: executorch')
    return Tuned([*failed, missing, reference_trial(), made_up(ONNX)], chooser(), 'a board')


def test_table_has_the_fastest_first_and_reasons_in_place_of_figures(tuned):
    lines = tune_table(tuned).splitlines()
    assert len({len(line) for line in lines[:7]}) == 1
    rows = [[cell.strip() for cell in line.split('|')[1:-1]] for line in lines[:7]]
    assert rows[0] == list(TITLES)
    assert rows[2] == [
        'onnx', '1', '1.50', '5.00', '5.00', '5.00', '5.00', '5.00', '5.00', '90', '99',
        '200/200', 'chosen',
    ]  # fmt: skip
    assert rows[3][0] == 'torchscript/qnnpack'
    assert [(row[1], row[2], row[-1]) for row in rows[4:]] == [
        ('1', '', 'see below'),
        ('2', '', 'see below'),
        ('-', '', 'not installed: executorch'),
    ]
    assert lines[-1] == f'executorch with 1 thread, executorch with 2 threads: {LONG}'
    assert 'per frame at 30 fps, with cold caches' in lines[8]


def test_json_has_all_samples_and_the_reasons(tuned):
    content = json.loads(json.dumps(tune_json(tuned)))
    assert content['chosen'] == 'onnx with 1 thread'
    assert content['reasons'][0].startswith('onnx with 1 thread: p95 5.0 ms')
    assert content['ways'][0]['error'] == LONG
    assert content['ways'][-1]['paced']['samples_ns']['model'] == [5_000_000]
    assert content['request']['model'] == 'mobilenet_v2'


def test_table_and_json_of_nothing_but_failures():
    nothing = Tuned([made_up(PTE, refusal=LONG)], chooser(), 'a board')
    assert LONG in tune_table(nothing)
    assert tune_json(nothing)['chosen'] is None


def test_plot_is_a_picture(tuned, tmp_path):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    (tmp_path / 'plot.png').write_bytes(plot.draw_trials(tuned.trials, tuned.chosen, 30.0))
    assert (tmp_path / 'plot.png').read_bytes().startswith(b'\x89PNG')


def test_machine_is_named_with_the_time():
    assert ' cores, 20' in about_machine()
