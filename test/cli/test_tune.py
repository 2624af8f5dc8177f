# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The command tune, from the command line to its files, on a tiny network."""

from functools import partial
import json
import os
from pathlib import Path
import pty
import signal
import subprocess
import sys
import time

import psutil
import pytest
import yaml

from rpi_classifier.benchmark import trial, worker
from rpi_classifier.cli import tune
from rpi_classifier.cli.tune import main
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.inference.classifier import Classifier

FIXTURES = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1'
COLOURS = FIXTURES / 'colours.pt'
FAST = ['--model', str(COLOURS), '--threads', '1', '--duration', '0.3']


@pytest.fixture
def output(tmp_path):
    """Return the path of a parameter file."""
    return tmp_path / 'tuned.yaml'


def parameters(output):
    return yaml.safe_load(output.read_text())['/**/classifier']['ros__parameters']


def test_file_of_the_user_is_tuned(output, photo_folder, tmp_path, capsys):
    kept = tmp_path / 'samples.json'
    words = [*FAST, '--photos', str(photo_folder), '--json', str(kept), '--output', str(output)]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert '| torchscript/qnnpack |       1 |' in printed
    assert '3 of 3 photos agree with torchscript/qnnpack.' in printed
    assert printed.rstrip().endswith(f'params_file:={output}')
    assert parameters(output)['model'] == str(COLOURS)
    content = json.loads(kept.read_text())
    assert content['chosen'] == 'torchscript/qnnpack with 1 thread'
    assert len(content['ways'][0]['ready_s']) == 3
    assert content['ways'][0]['paced']['samples_ns']['model']


def test_model_of_the_zoo_is_exported_beside_the_file(output, weights, photos, capsys):
    pytest.importorskip('onnxruntime', reason='needs scripts/setup --with-onnx')
    folder = str(next(iter(photos)).parent)
    words = ['--runtimes', 'onnx', '--threads', '1', '--duration', '0.3', '--photos', folder]
    assert main([*words, '--output', str(output)]) == 0
    said = capsys.readouterr().out
    assert 'onnx with 1 thread: p95' in said
    assert 'agree with torchscript/qnnpack' in said
    assert '| torchscript' not in said
    written = parameters(output)
    assert (written['runtime'], written['num_threads']) == ('onnx', 1)
    classifier = Classifier.load(ClassifierConfig(**written))
    for photo, top5 in photos.items():
        best = classifier.classify(read_image_file(photo)).predictions[0]
        assert best.index == top5[0]['index']


def test_way_that_dies_is_a_row_and_the_others_are_measured(output, monkeypatch, capsys):
    def worker_of(job, *more, **options):
        if job.kernels == 'xnnpack':
            options['command'] = (sys.executable, '-c', 'import os; os.kill(os.getpid(), 11)')
        return worker.Worker(job, *more, **options)

    monkeypatch.setattr(trial, 'Worker', worker_of)
    assert main([*FAST, '--output', str(output)]) == 0
    assert 'the measuring process died with SIGSEGV' in capsys.readouterr().out
    assert parameters(output)['kernels'] == 'qnnpack'


def test_nothing_that_works_is_an_error_after_the_table(output, monkeypatch, capsys):
    dies = (sys.executable, '-c', 'raise SystemExit(3)')
    monkeypatch.setattr(trial, 'Worker', partial(worker.Worker, command=dies))
    assert main([*FAST, '--output', str(output)]) == 1
    captured = capsys.readouterr()
    assert '| torchscript/qnnpack |' in captured.out
    assert captured.err.startswith('tune: nothing could be measured here: torchscript/qnnpack: ')
    assert captured.err.count('\n') == 1
    assert not output.exists()


def test_network_of_others_is_tuned_with_its_description(output, tmp_path, capsys):
    onnx_models = pytest.importorskip('support.onnx_models', reason='onnx is not installed')
    model = tmp_path / 'means.onnx'
    model.write_bytes(onnx_models.colour_means().SerializeToString())
    (tmp_path / 'names.txt').write_text('red\ngreen\nblue\n')
    words = ['--labels', str(tmp_path / 'names.txt'), '--input-size', '32']
    words += ['--model', str(model), '--threads', '1', '--duration', '0.3']
    assert main([*words, '--output', str(output)]) == 0
    assert 'agree with onnx.' in capsys.readouterr().out
    written = parameters(output)
    assert (written['model'], written['labels']) == (str(model), str(tmp_path / 'names.txt'))


@pytest.mark.parametrize(
    'words',
    [
        ['--model', 'alexnet'],
        ['--model', '/nowhere/m.pt'],
        ['--runtimes', 'tflite'],
        ['--threads', 'many'],
        ['--threads', '0'],
        ['--fps', '0'],
        ['--duration', '0'],
        ['--busy', '99'],
        ['--max-drop', '-1'],
        ['--weights', 'perhaps'],
        ['--photos', 'scripts'],
        ['--output', 'tuned.json'],
        ['--output', '/nowhere/tuned.yaml'],
        ['--json', 'samples.yaml'],
        ['--plot', 'plot.jpg'],
        ['--labels', 'cats.txt'],
    ],
)
def test_bad_option_is_one_sentence_before_anything_is_measured(words, output, capsys):
    assert main(['--output', str(output), *words]) in (1, 2)
    captured = capsys.readouterr()
    assert captured.out == ''
    assert captured.err.count('\n') == 1
    assert words[1] in captured.err or '/nowhere' in captured.err


def test_earlier_results_stay_without_force(output, capsys):
    output.write_text('mine')
    assert main([*FAST, '--output', str(output)]) == 2
    assert '--force' in capsys.readouterr().err
    assert output.read_text() == 'mine'
    options = tune.arguments([*FAST, '--force', '--output', str(output)])
    tune.check_outputs(options, tune.request_of(options))


@pytest.fixture
def running(output, tmp_path):
    """Return a starter of the command with a terminal, which waits until neighbours are busy."""
    controller, terminal = pty.openpty()
    started = []

    def start():
        command = [sys.executable, '-m', 'rpi_classifier.cli.tune', *FAST, '--duration', '60']
        process = subprocess.Popen(
            [*command, '--busy', '2', '--output', str(output)],
            stderr=terminal,
            env={**os.environ, 'TMPDIR': str(tmp_path)},
        )
        started.append(process)
        deadline = time.monotonic() + 60
        while len(children := psutil.Process(process.pid).children(recursive=True)) < 3:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return process, children

    yield start
    for process in started:
        process.kill()
        process.wait()
    os.close(controller)
    os.close(terminal)


@pytest.mark.parametrize(
    ('number', 'status'),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_neighbours_and_measuring_processes_end_with_it(running, number, status, tmp_path):
    process, children = running()
    process.send_signal(number)
    assert process.wait(60) == status
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive
    if number != signal.SIGKILL:
        assert not list(tmp_path.glob('tune-*'))
