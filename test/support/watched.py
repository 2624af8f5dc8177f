# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A grabber as the camera node has it, with a record of what it told."""

from __future__ import annotations

import time

from rpi_classifier.camera.capture_thread import Grabber
from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.open import open_source
from rpi_classifier.latest import Latest


def until(condition, what, timeout_s=30.0):
    """Wait until a condition holds."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f'waited {timeout_s} s for {what}'
        time.sleep(0.01)


class Watched(Grabber):
    """Has a mailbox, ``box``, and the list of all (good, message) that were ``told``."""

    def __init__(self, config, **options):
        self.told, self.box, self.known = [], Latest(), None
        self._config, self._own = config, Interrupt()
        super().__init__(
            self._open,
            on_change=lambda *change: self.told.append(change),
            retry_s=(config.reopen_delay, config.reopen_delay_max),
            interrupt=self._own,
            **options,
        )
        self.attach(self.box)

    def _open(self):
        source = open_source(self._config, self.known, self._own)
        self.known = source.known
        return source

    def next(self):
        """Return a frame that was captured from now on."""
        now_ns = time.monotonic_ns()
        while (frame := self.box.get(30.0)).monotonic_ns <= now_ns:
            pass
        return frame

    def states(self):
        return [good for good, _ in self.told]

    def wait(self, seconds):
        """Let time pass, in which it tries again and again."""
        self._thread.join(seconds)
