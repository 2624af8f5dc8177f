# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
A camera for tests: the kernel's virtual camera, in the machine that with_camera boots.

test/integration/test_camera_machine.py runs these files there. Elsewhere they are collected only
if `scripts/test test/vm --device /dev/video0` names a real camera; tests that press the fault
buttons of the virtual camera are then skipped.
"""

from __future__ import annotations

from dataclasses import replace
import os
from pathlib import Path

import pytest
from support.vivid import Vivid
from support.watched import until, Watched

from rpi_classifier.config import CameraConfig

HERE = Path(__file__).resolve().parent
IN_MACHINE = Path('/run/vivid.ko').exists()


try:
    from support.ros import graph, overrides  # noqa: F401
except pytest.skip.Exception:  # there is no ROS 2 here; the tests of the node skip, too
    pass


def can_run(config):
    return IN_MACHINE or bool(config.getoption('--device', None))


def pytest_report_header(config):
    return None if can_run(config) else f'{HERE.name}/: give --device, or run -m camera'


def pytest_ignore_collect(collection_path, config):
    return None if can_run(config) else collection_path.suffix == '.py' or None


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.camera)


@pytest.fixture
def device(request):
    """Return the path of a camera that works."""
    path = request.config.getoption('--device', None) or '/dev/video0'
    until(lambda: os.path.exists(path), path)
    return path


@pytest.fixture
def vivid():
    """Return the controls of the virtual camera; at the end it has no fault left."""
    if not IN_MACHINE:
        pytest.skip('presses fault buttons, which only the virtual camera has')
    hands = Vivid()
    yield hands
    hands.mend()


@pytest.fixture
def watch(device):
    """Return a starter of capture threads, by parameters; they reopen quickly by default."""
    started = []
    quick = CameraConfig(device=device, reopen_delay=0.1, reopen_delay_max=0.2)

    def start(**values):
        capture = Watched(replace(quick, **values))
        capture.start()
        started.append(capture)
        return capture

    yield start
    for capture in started:
        assert capture.stop()
