# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Playing files at a camera's rate."""

from __future__ import annotations

import time

from rpi_classifier.camera.interrupt import Interrupt


class Pacer:
    """Holds a file's frames back until they are due."""

    def __init__(self, rate_hz: float, interrupt: Interrupt) -> None:
        """Start the beat with the first wait; the interrupt ends every wait."""
        self._period_s = 1 / rate_hz
        self._due = 0.0
        self._interrupt = interrupt

    def wait(self) -> None:
        """Return at the next beat; beats that were missed are not made up for."""
        now = time.monotonic()
        self._due = max(self._due + self._period_s, now)
        self._interrupt.wait(self._due - now)
