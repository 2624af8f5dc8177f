# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A process of nodes that cannot start; how processes end is in test_composed.py."""

import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')


def test_a_torch_that_would_kill_the_process_ends_it_with_a_sentence():
    """Importing such a torch ends with SIGILL, and a respawn would repeat that forever."""
    code = """
import sys
from rpi_classifier.runtime import torch_releases
torch_releases.installed = lambda *_: '2.10.0'
torch_releases.refusal = lambda *_: 'torch 2.10.0 ends with an illegal instruction'
sys.argv[1:] = []
from rpi_classifier.nodes.classifier.node import main
try:
    main()
finally:
    assert 'torch' not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, '-c', code], capture_output=True, text=True, timeout=120
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert '[classifier]: torch 2.10.0 ends with an illegal instruction' in said
    assert 'Traceback' not in said
