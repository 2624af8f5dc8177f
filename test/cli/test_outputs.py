# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Every command that writes a file refuses a place where it cannot, before any work."""

import os
from pathlib import Path
import subprocess

import pytest

from rpi_classifier.benchmark import runner
from rpi_classifier.cli import benchmark, export_model

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = [
    (benchmark.main, '--output', '.md'),
    (benchmark.main, '--output', '.csv'),
    (benchmark.main, '--output', '.json'),
    (benchmark.main, '--plot', '.png'),
    (export_model.main, '--output', '.pt'),
    (export_model.main, '--output', '.onnx'),
    (export_model.main, '--output', '.pte'),
]
PLACES = {
    'nowhere/out': 'nowhere is not a folder; make it first',
    'file/out': 'file is not a folder; make it first',
    'folder': 'is a folder; name a file in it',
    'pipe': 'is a named pipe; name a file',
    '/proc/out': 'cannot be written: ',
    '$NOT_SET_HERE/out': 'the variable NOT_SET_HERE, which is not set',
}


@pytest.fixture
def bad_places(tmp_path, monkeypatch):
    """Make the places and go there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv('NOT_SET_HERE', raising=False)
    (tmp_path / 'file').touch()
    for _, _, suffix in COMMANDS:
        (tmp_path / f'folder{suffix}').mkdir(exist_ok=True)
        if not (tmp_path / f'pipe{suffix}').exists():
            os.mkfifo(tmp_path / f'pipe{suffix}')


@pytest.mark.usefixtures('bad_places')
@pytest.mark.parametrize('place', PLACES)
@pytest.mark.parametrize(('command', 'option', 'suffix'), COMMANDS)
def test_bad_place_is_one_sentence_before_any_work(
    monkeypatch, capsys, command, option, suffix, place
):
    def work(*values, **options):
        pytest.fail('the work began')

    monkeypatch.setattr(runner, 'run_jobs', work)
    monkeypatch.setattr(export_model, 'ExportRequest', work)
    before = sorted(Path().iterdir())
    assert command([option, place + suffix]) == 2
    captured = capsys.readouterr()
    assert captured.out == ''
    assert captured.err.count('\n') == 1
    assert f': {option[2:]}: ' in captured.err
    assert PLACES[place] in captured.err.replace(suffix, '')
    assert sorted(Path().iterdir()) == before


@pytest.mark.usefixtures('bad_places')
@pytest.mark.parametrize(
    ('file', 'words'),
    [
        ('nowhere/m.onnx', 'nowhere is not a folder; make it first'),
        ('folder.onnx', 'folder.onnx is a folder; name a file in it'),
        ('/proc/m.onnx', '/proc/m.onnx cannot be written; name another place'),
        ('m.pt', 'm.pt does not end in .onnx'),
    ],
)
def test_script_that_makes_an_onnx_file_checks_before_it_prepares(tmp_path, file, words):
    environment = {'PATH': os.environ['PATH'], 'RPI_CLASSIFIER_ONNX_VENV': str(tmp_path / 'venv')}
    done = subprocess.run(
        [ROOT / 'scripts/make_onnx', 'mobilenet_v2', file],
        capture_output=True, text=True, env=environment, timeout=30,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, f'make_onnx: {words}\n')
    assert not (tmp_path / 'venv').exists()
