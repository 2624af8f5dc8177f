# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A short soak: nothing that the nodes hold grows over two thousand results."""

from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

SOAK = Path(__file__).with_name('soak.py')


@pytest.mark.timeout(900)
def test_disturbed_nodes_hold_no_more_after_two_thousand_results():
    command = [sys.executable, str(SOAK), '--two-processes', '--fps', '1000', '--frames', '2000']
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert 'exit status 0, 0' in result.stdout
