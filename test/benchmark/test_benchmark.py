# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The benchmark: rows, their order, their processes, and what is printed."""

import csv
from dataclasses import replace
import json
import subprocess
import sys

import pytest

from rpi_classifier.benchmark import agreement, plot, runner, table, worker
from rpi_classifier.benchmark.pace import Pace
from rpi_classifier.benchmark.rows import Job, Row, STAGES
from rpi_classifier.cli import benchmark
from rpi_classifier.cli.benchmark import main
from rpi_classifier.models.zoo import MODELS

FAST = ['--models', 'shufflenet_v2_x0_5', '--weights', 'random', '--duration', '0.2']


def row(title='resnet18', total_ms=10.0, **values):
    """Return a row of two frames; a tenth of each is preprocessing."""
    part = int(total_ms * 1e5)
    samples = {'read': [0, 0], 'preprocess': [part, part], 'model': [9 * part, 9 * part]}
    return Row(
        Job(title, threads=1, **values),
        weights_backend='fbgemm',
        engine='onednn',
        kernels='onednn',
        wall_s=total_ms / 500,
        peak_rss_mb=300.4,
        samples={**samples, 'postprocess': [0, 0]},
    )


@pytest.fixture
def fake_workers(monkeypatch):
    """Replace measuring processes; return what happened to them in order."""
    happened = []

    class Fake:
        def __init__(self, job, limit_s):
            self.row = row(job.model)
            self.name = f'{job.model} {job.engine}'
            happened.append(('load', self.name))

        def measure(self, seconds):
            happened.append(('measure', self.name))

        def close(self):
            happened.append(('close', self.name))

    monkeypatch.setattr(runner, 'Worker', Fake)
    return happened


def test_columns_begin_as_the_tutorials_table():
    assert table.COLUMNS[:5] == ('model', 'FPS', 'total ms/frame', 'model ms/frame', 'trained for')
    assert table.cells(row())[:5] == ['resnet18', 100.0, 10.0, 9.0, 'fbgemm']


def test_rows_of_one_model_are_measured_in_turns_and_then_ended(fake_workers):
    wanted = runner.jobs(['a', 'b'], engines=['x', 'y'], jits=[True], threads=[1])
    yielded = list(runner.run_jobs(wanted, duration_s=1, limit_s=9))
    assert len([item for item in yielded if item is None]) == runner.steps(wanted)
    assert [item.job.model for item in yielded if item] == ['a', 'a', 'b', 'b']
    turns = [('measure', 'a x'), ('measure', 'a y')] * runner.ROUNDS
    assert fake_workers[: 4 + len(turns)] == [
        ('load', 'a x'),
        ('load', 'a y'),
        *turns,
        ('close', 'a x'),
        ('close', 'a y'),
    ]


def test_jobs_are_all_combinations_with_the_tutorials_loop_last():
    wanted = runner.jobs(
        ['a'], engines=['x', 'y'], jits=[True, False], threads=[1, 2], reference=True
    )
    assert len(wanted) == 8 + 2
    assert [job.tutorial for job in wanted] == [False] * 8 + [True] * 2


def test_loop_with_topk_is_compared_with_rows_of_its_engine():
    wanted = runner.jobs(
        ['a'], engines=['x', 'y'], jits=[True], threads=[1], reference=True, topk=True
    )
    assert [job.title for job in wanted[2:]] == [
        "a, tutorial's loop",
        "a, tutorial's loop, topk",
        "a, tutorial's loop, topk",
    ]
    rows = [replace(row(), job=job, engine=job.engine, kernels='') for job in wanted]
    printed = table.ratios(rows)
    assert printed.count('all, topk on this engine') == 2
    assert printed.count('| all but the model | 1.000 | 1.000 | 1.00 |') == 2


def test_both_kernels_of_qnnpack_are_rows_with_names_of_their_own():
    wanted = runner.jobs(
        ['a'], engines=['qnnpack'], jits=[True], threads=[1], kernels=['qnnpack', 'xnnpack']
    )
    assert [job.kernels for job in wanted] == ['qnnpack', 'xnnpack']
    rows = [replace(row(), job=job, engine='qnnpack', kernels=job.kernels) for job in wanted]
    rows.append(row('a', tutorial=True))
    assert '| xnnpack |' in table.markdown(rows)
    assert '| a | qnnpack, xnnpack | 1 | all |' in table.ratios(rows)


def test_each_row_has_figures_of_a_process_of_its_own(tmp_path, capsys):
    path = tmp_path / 'table.json'
    words = ['--engines', 'qnnpack', '--threads', '1', '--reference']
    assert main([*FAST, *words, '--output', str(path)]) == 0
    first, reference = json.loads(path.read_text())
    for entry in (first, reference):
        assert (entry['engine'], entry['trained for']) == ('qnnpack', 'fbgemm')
        assert entry['FPS'] == pytest.approx(1000 / entry['total ms/frame'], rel=0.1)
        assert 0 < entry['model ms/frame'] < entry['total ms/frame']
        assert entry['p50 ms'] <= entry['p95 ms'] <= entry['p99 ms']
        assert 50 < entry['peak RSS MB'] < 5000
        assert set(entry['stage medians ms']) == set(STAGES)
    printed = capsys.readouterr().out
    assert "shufflenet_v2_x0_5, tutorial's loop" in printed
    assert '| shufflenet_v2_x0_5 | qnnpack | 1 | postprocess |' in printed


def test_frames_come_from_a_folder(photo_folder, capsys):
    assert main([*FAST, '--threads', '1', '--source', str(photo_folder)]) == 0
    assert capsys.readouterr().out.count('shufflenet') == 1


def test_row_that_cannot_be_measured_is_empty_and_gives_its_reason(capsys):
    assert main([*FAST, '--source', '/dev/video_that_is_not_there']) == 1
    printed = capsys.readouterr().out
    assert 'shufflenet_v2_x0_5: camera /dev/video_that_is_not_there does not exist' in printed


def test_row_that_takes_too_long_is_given_up(capsys):
    assert main([*FAST, '--limit', '0.3']) == 1
    assert 'gave up' in capsys.readouterr().out


@pytest.mark.parametrize(
    ('option', 'value'),
    [
        ('--models', 'alexnet'),
        ('--engines', 'fpga'),
        ('--threads', 'many'),
        ('--threads', '99'),
        ('--weights', 'perhaps'),
        ('--duration', '0'),
        ('--stress', '-1'),
        ('--output', 'table.xls'),
        ('--output', '/nowhere/table.md'),
        ('--plot', 'plot.jpg'),
        ('--photos', 'scripts'),
        ('--photos', 'README.md'),
    ],
)
def test_bad_option_is_one_sentence_before_anything_is_measured(option, value, capsys):
    assert main([option, value]) == 2
    captured = capsys.readouterr()
    assert captured.out == ''
    assert captured.err.count('\n') == 1
    assert value in captured.err or '/nowhere' in captured.err


def test_files_are_measured_with_the_model_that_they_hold():
    wanted = runner.jobs(
        ['a.pte', 'b', 'a'],
        engines=['x', 'y'],
        jits=[True, False],
        threads=[1],
        weights='random',
        reference=True,
        photos='photos',
        families={'a.pte': 'a'},
    )
    assert [job.group for job in wanted] == ['a'] * 7 + ['b'] * 6
    first = wanted[0]
    assert (first.model, first.engine, first.weights) == ('a.pte', 'auto', 'default')
    assert [job.title for job in wanted[5:7]] == ["a, tutorial's loop", 'a, fp32']


def test_agreement_is_with_fp32_of_the_same_classes():
    reference, near, other = row('a', fp32=True), row('a'), row('a.pte')
    reference.classes, reference.best = 'c', [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]
    near.classes, near.best = 'c', [[1, 2, 3, 4, 6], [2, 1, 3, 4, 5]]
    other.classes, other.best = 'd', reference.best
    agreement.compare_with_fp32([near, other, reference])
    assert near.agreement == (0.5, pytest.approx(0.9))
    assert other.agreement is reference.agreement is None
    assert '50.0%' in table.markdown([near, reference])


def test_rows_are_compared_on_photos(photo_folder, tmp_path, capsys):
    path = tmp_path / 'table.json'
    words = ['--threads', '1', '--engines', 'qnnpack', '--reference']
    assert main([*FAST, *words, '--photos', str(photo_folder), '--output', str(path)]) == 0
    ours, tutorial, fp32 = json.loads(path.read_text())
    assert ours['top-1'].endswith('%')
    assert tutorial['top-5'].endswith('%')
    assert (fp32['engine'], fp32.get('top-1')) == ('fp32', None)
    assert 'crops of the photos' in capsys.readouterr().out


def test_all_models_are_all_of_the_zoo():
    options = benchmark.arguments(['--models', 'all'])
    assert [job.model for job in benchmark.jobs_of(options)] == list(MODELS)


def test_table_is_written_as_markdown_csv_and_json(tmp_path):
    failed = Row(Job('resnet50'), error='gave up')
    rows = [row(), failed]
    for suffix in table.SUFFIXES:
        (tmp_path / f'table{suffix}').write_text(table.format_table(rows, suffix))
    lines = (tmp_path / 'table.md').read_text().splitlines()
    assert len({len(line) for line in lines[:4]}) == 1
    assert lines[-1] == 'resnet50: gave up'
    with open(tmp_path / 'table.csv', newline='') as file:
        header, first, second = csv.reader(file)
    assert tuple(header) == table.COLUMNS
    assert (first[0], first[1], second[1]) == ('resnet18', '100.0', '')
    assert json.loads((tmp_path / 'table.json').read_text())[1]['error'] == 'gave up'


def test_ratio_is_the_tutorials_time_over_ours():
    lines = table.ratios([row(), row(total_ms=25.0, tutorial=True)]).splitlines()
    assert lines[-1] == '| resnet18 | onednn | 1 | all | 25.000 | 10.000 | 2.50 |'
    assert len(lines) == 2 + 6


def test_stages_that_take_no_time_have_no_ratio():
    assert '| read | 0.000 | 0.000 | - |' in table.ratios([row(), row(tutorial=True)])


def test_plot_is_a_picture():
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    rows = [row(), row('resnet50')]
    rows[1].job.__dict__['threads'] = 2
    for drawn in (rows[:1], rows):
        assert plot.draw_rows(drawn).startswith(b'\x89PNG')


def test_missing_matplotlib_is_one_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(plot.importlib.util, 'find_spec', lambda name: None)
    assert main(['--plot', str(tmp_path / 'plot.png')]) == 2
    assert 'pip install matplotlib' in capsys.readouterr().err


def test_busy_processes_end_with_the_block_or_with_the_benchmark():
    with worker.disturbance(2):
        pass
    program = (
        'import os\n'
        'from rpi_classifier.benchmark.worker import disturbance\n'
        'with disturbance(1):\n'
        '    os._exit(0)\n'
    )
    # They hold the output open: it ends only when they do.
    subprocess.run([sys.executable, '-c', program], check=True, capture_output=True, timeout=30)


def test_row_of_a_process_that_dies_says_how():
    dies = (sys.executable, '-c', 'import os; os.kill(os.getpid(), 11)')
    complains = (sys.executable, '-c', 'raise ImportError("no such thing")')
    for command, reason in (
        (dies, 'died with SIGSEGV'),
        (complains, 'ImportError: no such thing'),
    ):
        process = worker.Worker(Job('a'), 60.0, quiet=True, command=command)
        process.measure(Pace(0.1))
        process.close()
        assert process.row.error == f'the measuring process {reason}'
        assert process.row.frames == 0


def test_memory_and_time_to_the_first_result_are_those_of_the_process():
    process = worker.Worker(Job('shufflenet_v2_x0_5', 'random', threads=1), 120.0)
    process.measure(Pace(0.0))
    process.close()
    assert process.row.ready_s > 0
    assert 0 < process.row.rss_mb <= process.row.peak_rss_mb
    assert process.row.cpu_ms_per_frame > 0
