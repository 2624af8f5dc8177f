# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What evaluate prints where something that it should write does not fit on the disk."""

from __future__ import annotations

import json
from pathlib import Path
import shutil

import pytest
from support.colours import tinted_photos
from support.disks import full_after

from rpi_classifier.cli.evaluate import main

COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'
ENOUGH_FOR_A_TRY = 8192  # bytes: less than the model


@pytest.fixture
def model(tmp_path):
    """Return a small model with a record, which tells colours apart."""
    return str(shutil.copy(COLOURS, tmp_path / 'colours.pt'))


@pytest.fixture
def folder(tmp_path):
    """Return photos that ask for a temperature above 1."""
    return str(tinted_photos(tmp_path / 'photos'))


def test_temperature_that_cannot_be_stored_loses_nothing_else(model, folder, capsys):
    content = Path(model).read_bytes()
    with full_after(ENOUGH_FOR_A_TRY):
        assert main(['--model', model, folder, '--calibrate', '--json']) == 1
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found['accuracy']['photos'] == 60
    assert found['calibration']['recalibration']['temperature'] > 1
    assert found['stored'] is None
    sentence = captured.err.splitlines()[-1]
    assert sentence.startswith('evaluate: calibrate: temperature ')
    assert f'model {model} cannot be written: File too large; repeat' in sentence
    assert Path(model).read_bytes() == content
    with full_after(ENOUGH_FOR_A_TRY):
        assert main(['--model', model, folder, '--calibrate']) == 1
    text = capsys.readouterr().out
    assert 'of 60 photos' in text
    assert 'stored in' not in text
    assert sorted(Path(model).parent.iterdir()) == [Path(model), Path(folder)]


def test_picture_that_cannot_be_written_loses_nothing_else(model, folder, tmp_path, capsys):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    words = ['--model', model, folder, '--confusion', str(tmp_path / 'c.png')]
    with full_after(ENOUGH_FOR_A_TRY):
        assert main([*words, '--wrong', str(tmp_path / 'wrong')]) == 1
    captured = capsys.readouterr()
    assert 'of 60 photos' in captured.out
    assert 'evaluate: confusion: ' in captured.err
    assert not (tmp_path / 'c.png').exists()
    assert any((tmp_path / 'wrong').rglob('*.png'))
