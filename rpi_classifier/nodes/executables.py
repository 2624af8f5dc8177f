# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The executables of nodes: they react to signals before they import what takes seconds."""

from __future__ import annotations

from importlib import import_module
from typing import NoReturn

from rpi_classifier.nodes.common.ending import SHUTDOWN


def camera_node() -> NoReturn:
    """Run the camera; ``ros2 run rpi_classifier camera_node``."""
    _run('camera_node')


def classifier_node() -> NoReturn:
    """Run the classifier; ``ros2 run rpi_classifier classifier_node``."""
    _run('classifier_node')


def camera_classifier() -> NoReturn:
    """Run both in one process; ``ros2 run rpi_classifier camera_classifier``."""
    _run('camera_classifier')


def live_view_node() -> NoReturn:
    """Run the live page; ``ros2 run rpi_classifier live_view_node``."""
    _run('live_view_node')


def _run(executable: str) -> NoReturn:
    SHUTDOWN.exit_on_signal()
    from rpi_classifier.bringup.plan import EXECUTABLES

    import_module(EXECUTABLES[executable]).main()
    raise AssertionError(f'{executable} returned')
