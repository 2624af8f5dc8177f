# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The comparison of starts, with a small network and a real node."""

from pathlib import Path
import re
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

ROOT = Path(__file__).resolve().parents[2]


def test_each_model_has_a_row_and_the_last_is_the_measure():
    model = ROOT / 'test' / 'fixtures' / 'v0.1' / 'colours.pt'
    command = [
        sys.executable,
        str(ROOT / 'dev' / 'compare_starts.py'),
        str(model),
        '--rounds',
        '1',
    ]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    titles, _, row = printed.splitlines()
    assert 'first result s' in titles
    assert re.fullmatch(r'\| colours\.pt +\| +\d+\.\d+ +\| +\d+\.\d+ +\| +\d+ +\| +1\.00 +\|', row)
