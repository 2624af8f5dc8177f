# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What tune measures, in which order, and what becomes of a way that fails."""

from dataclasses import replace
import importlib.util
from pathlib import Path

import pytest

from rpi_classifier.benchmark import trial as trial_module
from rpi_classifier.benchmark import tune
from rpi_classifier.benchmark.pictures import Pictures
from rpi_classifier.benchmark.rows import Row
from rpi_classifier.benchmark.tune import (
    build_files,
    find_reference,
    plan_trials,
    ROUNDS,
    run_rounds,
    tune_steps,
    TuneRequest,
)
from rpi_classifier.benchmark.ways import Way
from rpi_classifier.errors import ConfigError, ModelError

PICTURES = Pictures(Path('pictures'), 2, 'photos')
COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'
ZOO = TuneRequest('mobilenet_v2', ('torchscript', 'onnx', 'executorch'), (1, 2))


@pytest.fixture
def everything_installed(monkeypatch):
    """Let no package be missing."""
    monkeypatch.setattr(Way, 'missing', lambda way, *, export: '')


@pytest.fixture
def workers(monkeypatch):
    """Replace measuring processes; return what they did, and the errors that they shall have."""
    done, errors = [], {}

    class Fake:
        def __init__(self, job, limit_s, *, quiet):
            self.job = job
            self.name = f'{Path(job.model).name} {job.kernels} {job.threads}'
            error = errors.get(self.name, '')
            self.row = Row(job, error=error, best=[] if error else [[1], [2]], ready_s=1.0)
            done.append(self.name)

        def measure(self, pace, row):
            if not self.row.error:
                samples = {stage: [1, 1] for stage in row.samples}
                row.add({'wall_s': 1.0, 'cpu_s': 1.0, 'samples': samples, 'peak_rss_mb': 1.0})

        def close(self):
            pass

    monkeypatch.setattr(trial_module, 'Worker', Fake)
    monkeypatch.setattr(tune, 'Worker', Fake)
    return done, errors


def plan(request=ZOO):
    return plan_trials(request, PICTURES, Path('/folder'))


def test_all_ways_have_all_numbers_of_threads(everything_installed):
    titles = [trial.title for trial in plan()]
    assert titles[:2] == [
        'torchscript/qnnpack with 1 thread',
        'torchscript/qnnpack with 2 threads',
    ]
    assert titles[-1] == 'executorch with 2 threads'
    assert len(titles) == len(set(titles))


def test_way_that_is_not_installed_is_one_row(monkeypatch):
    real = importlib.util.find_spec
    gone = ('onnx', 'onnxruntime', 'executorch')
    monkeypatch.setattr(
        importlib.util,
        'find_spec',
        lambda name, *more: None if name in gone else real(name, *more),
    )
    refused = {trial.way.title: trial for trial in plan() if trial.refusal}
    assert refused['onnx'].error == 'not installed: onnxruntime, onnx'
    assert refused['onnx'].job.threads == 0
    assert 'executorch' in refused['executorch'].error


def test_reference_is_built_even_if_it_is_not_to_be_measured(everything_installed):
    trials = plan(replace(ZOO, runtimes=('onnx',)))
    assert [trial.candidate for trial in trials] == [True, True, False]
    assert trials[-1].way.title == 'torchscript/qnnpack'


def test_file_runs_as_it_is(everything_installed):
    trials = plan(replace(ZOO, model=str(COLOURS)))
    assert {trial.job.model for trial in trials} == {str(COLOURS)}
    assert build_files(replace(ZOO, model=str(COLOURS)), trials, list) == trials


def test_file_that_is_no_model_is_refused_at_once(tmp_path):
    (tmp_path / 'm.onnx').write_text('no model')
    with pytest.raises(ModelError, match='m.onnx'):
        plan(replace(ZOO, model=str(tmp_path / 'm.onnx')))


def test_failed_export_is_one_row_for_each_way(everything_installed, monkeypatch):
    asked = []

    def fail(request):
        asked.append(request.output.name)
        return 'died with SIGILL' if request.output.suffix == '.pte' else ''

    monkeypatch.setattr(tune, 'build_file', fail)
    trials = build_files(ZOO, plan(), list)
    assert len(asked) == len(set(asked))
    (failed,) = [trial for trial in trials if trial.error]
    assert (failed.way.title, failed.error) == ('executorch', 'died with SIGILL')
    assert failed.job.threads == 0


def test_trials_take_turns_and_a_failed_one_drops_out(everything_installed, workers):
    done, errors = workers
    request = replace(ZOO, runtimes=('torchscript', 'onnx'))
    trials = [trial for trial in plan(request) if trial.way.engine in ('qnnpack', 'auto')]
    errors['torchscript_qnnpack.pt xnnpack 1'] = 'the measuring process died with SIGSEGV'
    steps = []
    run_rounds(request, trials, steps.append)
    assert steps[0] == 'torchscript/qnnpack with 1 thread'
    assert len(steps) + 1 + len({trial.job.model for trial in trials}) == tune_steps(trials)
    first, rest = done[: len(trials)], done[len(trials) :]
    assert 'torchscript_qnnpack.pt xnnpack 1' in first
    first.remove('torchscript_qnnpack.pt xnnpack 1')
    assert rest == first * (ROUNDS - 1)
    assert [trial.error for trial in trials if trial.error] == [
        'the measuring process died with SIGSEGV'
    ]
    assert trials[0].paced.frames == 2 * ROUNDS


def test_pictures_are_classified_in_the_first_round_only(everything_installed, workers):
    (trial, *_) = plan()
    pace = tune.Pace(0.0)
    trial.measure(pace, pace, 1.0)
    trial.measure(pace, pace, 1.0)
    assert [row.job.photos for row in trial.loads] == ['pictures', '']
    trial.compare([[1], [3]])
    assert trial.agreement == 0.5


def test_reference_is_torch_then_onnx(everything_installed, workers):
    done, errors = workers
    trials = plan()
    assert find_reference(ZOO, trials, list).name == 'torchscript/qnnpack'
    for number in (1, 2):
        errors[f'torchscript_qnnpack.pt qnnpack {number}'] = 'no'
    assert find_reference(ZOO, trials, list).name in ('onnx', 'onnx with exact products')
    errors.update(dict.fromkeys(done, 'no'), **{f'onnx_auto.onnx auto {n}': 'no' for n in (1, 2)})
    assert find_reference(ZOO, trials, list).best == []


def test_reference_has_exact_products_where_the_processor_has_not(
    everything_installed, workers, monkeypatch
):
    monkeypatch.setattr(tune, 'has_exact_byte_products', lambda: False)
    request = replace(ZOO, runtimes=('onnx',))
    trials = [trial for trial in plan(request) if trial.candidate]
    assert find_reference(request, trials, list).name == 'onnx with exact products'


@pytest.mark.parametrize(
    ('values', 'said'),
    [
        ({'threads': (1, 0)}, 'threads: '),
        ({'fps': 0.0}, 'fps: 0.0 is not from 0.1 to 1000'),
        ({'busy': -1}, 'busy: -1'),
        ({'max_drop': 101.0}, 'max-drop: 101.0'),
        ({'duration': 200.0}, 'duration: 200 is more than --limit, 120'),
        ({'duration': float('nan')}, 'duration: nan'),
    ],
)
def test_number_that_is_not_allowed_is_named(values, said):
    with pytest.raises(ConfigError, match=said):
        replace(ZOO, **values)
