# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The clock that stamps frames: the ROS clock of a node, or the clock of the system."""

from __future__ import annotations

from dataclasses import dataclass
import time
from typing import Protocol


class Instant(Protocol):
    """A time on a clock, as rclpy's Time."""

    @property
    def nanoseconds(self) -> int:
        """Return the nanoseconds since the clock's epoch."""


class Clock(Protocol):
    """A clock, as rclpy's Clock."""

    def now(self) -> Instant:
        """Return the current time."""


@dataclass(frozen=True)
class SystemInstant:
    """A time on the system's clock."""

    nanoseconds: int


class SystemClock:
    """The clock of the system, for use without ROS."""

    def now(self) -> SystemInstant:
        """Return the current time since 1970."""
        return SystemInstant(time.time_ns())
