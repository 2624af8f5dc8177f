# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Fixtures for tests of the live page."""

import threading
import time

import pytest


@pytest.fixture
def wait_until():
    """Return a function that waits until a condition holds."""

    def wait(condition, timeout_s=60.0):
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, f'waited {timeout_s} s'
            threading.Event().wait(0.01)

    return wait
