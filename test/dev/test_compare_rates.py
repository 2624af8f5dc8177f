# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The comparison of rates, with a small network and a real node."""

from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

ROOT = Path(__file__).resolve().parents[2]


def test_each_rate_has_a_row_beside_a_node_that_only_subscribes():
    model = ROOT / 'test' / 'fixtures' / 'v0.1' / 'colours.pt'
    command = [sys.executable, str(ROOT / 'dev' / 'compare_rates.py'), str(model)]
    options = ['--rates', '2,0', '--rounds', '1', '--seconds', '2']
    printed = subprocess.run([*command, *options], check=True, capture_output=True, text=True)
    cells = [line.split('|')[1:-1] for line in printed.stdout.splitlines()]
    assert [row[0].strip() for row in cells] == ['max_rate', cells[1][0].strip(), 'none', '2', '0']
    limited, unlimited = (float(row[1]) for row in cells[3:])
    assert 0 < limited < unlimited
