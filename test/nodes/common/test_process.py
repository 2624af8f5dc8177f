# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A process of nodes: signals and a bad start; how it ends is in test_camera_classifier.py."""

import signal
import subprocess
import sys
import threading

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier.nodes.common.process import Ending


@pytest.fixture
def ending():
    """Return what the main thread waits for, with the handlers restored afterwards."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    ending = Ending()
    ending.listen()
    yield ending
    signal.set_wakeup_fd(-1)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_a_signal_that_hits_another_thread_wakes_the_main_thread(ending):
    def kill_myself():
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    thread = threading.Thread(target=kill_myself)
    thread.start()
    ending.wait()
    thread.join()


def test_a_torch_that_would_kill_the_process_ends_it_with_a_sentence():
    """Importing it dies with SIGILL, and a respawn would do it again and again."""
    code = """
import sys
from rpi_classifier import torch_builds
torch_builds.installed = lambda: '2.10.0'
torch_builds.refusal = lambda *_: 'torch 2.10.0 ends with an illegal instruction'
sys.argv[1:] = []
from rpi_classifier.nodes.classifier_node import main
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
