# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Viewers of the live page get pictures beside one that reads nothing."""

from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')
pytest.importorskip('aiohttp', reason='aiohttp is not installed')

VIEWERS = Path(__file__).with_name('viewers.py')
COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'


@pytest.mark.timeout(300)
def test_living_viewers_get_pictures_beside_a_dead_one():
    # How many depends on what else the machine does, so the exit status does not count here.
    command = [sys.executable, str(VIEWERS), '--viewers', '3', '--seconds', '1']
    result = subprocess.run([*command, '--model', str(COLOURS)], capture_output=True, text=True)
    rows = [line.split('|') for line in result.stdout.splitlines() if 'dead' in line]
    assert rows, result.stdout + result.stderr
    least = rows[0][2].strip(' )').split(' (')[1]
    assert float(least) > 0, result.stdout
