# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A process that works for another one ends with it."""

import os
import signal
import subprocess
import sys

import pytest

CHILD = (
    'import sys\n'
    'from rpi_classifier.bringup.parent_death import end_with_parent\n'
    'end_with_parent(int(sys.argv[1]), int(sys.argv[2]))\n'
)


@pytest.mark.skipif(sys.platform != 'linux', reason='only Linux tells a child of the death')
@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGKILL])
def test_parent_that_is_gone_already_ends_the_process_at_once(number):
    child = subprocess.run([sys.executable, '-c', CHILD, str(int(number)), '1'])
    assert child.returncode == -number


def test_parent_that_lives_changes_nothing():
    number, parent = str(int(signal.SIGTERM)), str(os.getpid())
    assert subprocess.run([sys.executable, '-c', CHILD, number, parent]).returncode == 0
