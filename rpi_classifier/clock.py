# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the package asks of the clock of a node, without rclpy."""

from __future__ import annotations

from typing import Any, Protocol


class Clock(Protocol):
    """
    A clock as rclpy's ROSClock.

    If ``ros_time_is_active``, because of ``use_sim_time``, messages on /clock set it. It may then
    stand still or run at any rate, so no duration of real time may be added to its time.
    """

    @property
    def ros_time_is_active(self) -> bool:
        """Return True if the time is simulated."""

    def now(self) -> Any:
        """Return the current time, which has ``nanoseconds``."""
