# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A capture thread as the camera node has it, with a record of what it reported."""

from __future__ import annotations

from functools import partial
import time

from rpi_classifier.camera.capture_thread import CaptureThread
from rpi_classifier.camera.open import open_source
from rpi_classifier.camera.reopen import Reopener
from rpi_classifier.latest import Latest


def until(condition, what, timeout_s=30.0):
    """Wait until a condition holds."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f'waited {timeout_s} s for {what}'
        time.sleep(0.01)


class Watched(CaptureThread):
    """Has a mailbox, ``box``, and the list of all (streaming, message) that were ``told``."""

    def __init__(self, config):
        self.told, self.box = [], Latest()
        pauses_s = config.reopen_delay, config.reopen_delay_max
        super().__init__(
            Reopener(partial(open_source, config), pauses_s),
            on_streaming=lambda source: self.told.append((True, source.description)),
            on_failure=lambda reason: self.told.append((False, reason)),
        )
        self.attach(self.box)

    def next(self):
        """Return a frame that was captured from now on."""
        now_ns = time.monotonic_ns()
        while (frame := self.box.get(30.0)).taken_ns <= now_ns:
            pass
        return frame

    def states(self):
        return [streaming for streaming, _ in self.told]

    def wait(self, seconds):
        """Let time pass, in which it tries again and again."""
        self._thread.join(seconds)
