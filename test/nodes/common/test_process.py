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


BROKEN = (
    'from rpi_classifier.inference.classifier import Classifier; '
    'Classifier.classify = lambda *_: 1 / 0; '
    'from rpi_classifier.nodes.composed import main; main()'
)


def test_an_exception_that_ends_a_thread_is_logged_with_its_place(start, photo_folder):
    parameters = (f'device:={photo_folder}', 'weights:=random', 'always_on:=true')
    process = start('', *(word for value in parameters for word in ('-p', value)), program=BROKEN)
    output = process.communicate(timeout=120)[0]
    assert process.returncode == 1, output
    assert '[classifier]: ZeroDivisionError: division by zero' in output
    assert 'inference_thread.py' in output
