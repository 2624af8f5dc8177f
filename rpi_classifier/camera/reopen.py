# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Opening a source again after it failed."""

from __future__ import annotations

from collections.abc import Callable
import time

from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.source import Source
from rpi_classifier.camera.v4l2 import Capability


class Reopener:
    """
    Opens a source as often as needed: remembers the device and spaces the attempts.

    The pause between attempts doubles up to the longest one. It is short again once a source has
    stayed open for more than the longest pause.
    """

    def __init__(
        self,
        open_source: Callable[[Capability | None, Interrupt], Source],
        pauses_s: tuple[float, float],
    ) -> None:
        """
        Store how to open the source, and the pauses.

        :param open_source: opens the source, given the identity of the device when it was open
            before, or None, and what interrupts its reads. It raises CameraError on failure.
        :param pauses_s: the first and the longest pause in seconds.
        """
        self._open_source = open_source
        self._first_s, self._longest_s = pauses_s
        self._pause_s = self._first_s
        self._attempted_s = 0.0
        self._known: Capability | None = None

    def reset(self) -> None:
        """Forget earlier failures, but not the device."""
        self._pause_s = self._first_s

    def open(self, interrupt: Interrupt) -> Source:
        """
        Open the source.

        :raises CameraError: if that fails; ``pause`` before the next attempt.
        """
        self._attempted_s = time.monotonic()
        source = self._open_source(self._known, interrupt)
        self._known = source.known
        return source

    def pause(self, interrupt: Interrupt) -> None:
        """Wait until the next attempt is due or the interrupt is set."""
        if time.monotonic() - self._attempted_s > self._longest_s:
            self._pause_s = self._first_s
        interrupt.wait(self._pause_s)
        self._pause_s = min(2 * self._pause_s, self._longest_s)
