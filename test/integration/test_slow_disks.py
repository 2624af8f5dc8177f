# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Images are kept in a good folder and in one that cannot be, while results go on."""

from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

SLOW_DISKS = Path(__file__).with_name('slow_disks.py')
COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'


def test_folder_that_fails_leaves_nothing_half_written_and_is_told(tmp_path):
    good, missing = tmp_path / 'good', tmp_path / 'missing' / 'kept'
    command = [sys.executable, str(SLOW_DISKS), str(good), str(missing), '--model', str(COLOURS)]
    result = subprocess.run([*command, '--seconds', '4'], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert list(good.glob('*.jpg'))
    assert 'No such file or directory' in result.stdout
