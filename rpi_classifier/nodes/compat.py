# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
What differs between the rclpy of the distributions.

All other names and keywords of rclpy that the package uses are the same from Humble on;
test/nodes/test_compat.py compares them with each distribution's source.
"""

from __future__ import annotations

from rclpy.executors import Executor, SingleThreadedExecutor


def make_executor(events: bool) -> Executor:
    """
    Return an executor.

    :param events: prefer rclpy's EventsExecutor, which Humble lacks. It calls back about 0.8 ms
        sooner, because it does not rebuild its wait set after each callback, but it ignores guard
        conditions.
    """
    if events:
        try:
            from rclpy.experimental import EventsExecutor
        except ImportError:
            pass
        else:
            return EventsExecutor()
    return SingleThreadedExecutor()
