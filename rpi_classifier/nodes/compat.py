# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
What differs between the rclpy of the distributions.

All other names and keywords of rclpy that the package uses are the same from Humble on;
test/nodes/test_compat.py compares them with each distribution's source.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from rclpy.executors import Executor, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter

Parameters: TypeAlias = 'list[Parameter[Any]]'  # Jazzy's class is not generic


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


def given_parameters(node: Node, prefix: str) -> dict[str, Any]:
    """
    Return the values that files and the command line give to parameters, declared or not.

    :param prefix: of their names; it is left out of the keys. No public function of any
        distribution returns them without declaring them.
    """
    given: dict[str, Parameter[Any]] = node._parameter_overrides
    return {
        name[len(prefix) :]: parameter.value
        for name, parameter in given.items()
        if name.startswith(prefix)
    }


def rewrite_parameters(node: Node, rewrite: Callable[[Parameters], Parameters]) -> None:
    """
    Let a function rewrite parameters before they are set.

    Humble cannot; there `ros2 param get` shows a value as it was given.
    """
    add = getattr(node, 'add_pre_set_parameters_callback', None)
    if add:
        add(rewrite)
