# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The cross-validation of ways to train, with drawn photos."""

from pathlib import Path
import subprocess
import sys

from support.own_classes import draw_class, draw_classes

SCRIPT = Path(__file__).resolve().parents[2] / 'dev' / 'cross_validate.py'


def test_each_photo_is_judged_once_in_int8_and_as_float(weights, tmp_path):
    draw_classes(tmp_path / 'photos', 4, ('blue', 'red'))
    draw_class(tmp_path, 'green', 6)
    command = [sys.executable, str(SCRIPT), str(tmp_path / 'photos'), '--folds', '2']
    command += ['--other', str(tmp_path / 'green')]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [[cell.strip() for cell in line.split('|')[1:-1]] for line in printed.splitlines()]
    assert rows[2] == ['last layer, int8', '8 of 8', '68 to 100 %', '6 of 6']
    assert rows[3][0] == 'last layer, float'
    assert 'sign test p = ' in printed.splitlines()[4]
