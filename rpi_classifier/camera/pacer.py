# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Pacing of files, so that they play at the rate of a camera."""

from __future__ import annotations

import time

from rpi_classifier.camera.interrupt import Interrupt


class Pacer:
    """Holds each frame of a file back until it is due."""

    def __init__(self, rate_hz: float, interrupt: Interrupt) -> None:
        """
        Prepare the beat, which starts with the first ``wait``.

        :param interrupt: ends every wait.
        """
        self._period_s = 1 / rate_hz
        self._due = 0.0
        self._interrupt = interrupt

    def wait(self) -> None:
        """Return at the next beat; missed beats are skipped."""
        now = time.monotonic()
        self._due = max(self._due + self._period_s, now)
        self._interrupt.wait(self._due - now)
