# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Ending the wait of a thread that reads a source, from another thread."""

from __future__ import annotations

import os
import stat
import threading

from rpi_classifier.camera import v4l2


class Interrupt:
    """
    Asks a reading thread to end, and wakes it.

    A thread that waits in the driver for a frame is woken by stopping the stream on the very
    descriptor that OpenCV waits at, which it does not tell: those of this process that are open
    on the device get it, and all but the streaming one refuse.
    """

    def __init__(self) -> None:
        """Make one that is not set."""
        self._event = threading.Event()
        self._device: int | None = None

    def watch(self, path: str) -> None:
        """Note the device that the thread is about to open; a path that is gone is ignored."""
        try:
            self._device = os.stat(path).st_rdev
        except OSError:
            self._device = None

    def wait(self, timeout_s: float) -> bool:
        """Sleep, but not beyond the interrupt; return whether it came."""
        return self._event.wait(timeout_s)

    def is_set(self) -> bool:
        """Return whether the thread shall end."""
        return self._event.is_set()

    def set(self) -> None:
        """Ask the thread to end; who sleeps in ``wait`` wakes."""
        self._event.set()

    def wake(self) -> None:
        """End a wait in the driver; to be repeated, as the thread may only be about to wait."""
        device = self._device
        if device is None:
            return
        for name in os.listdir('/proc/self/fd'):
            try:
                found = os.fstat(int(name))
                if stat.S_ISCHR(found.st_mode) and found.st_rdev == device:
                    v4l2.stop_streaming(int(name))
            except OSError:  # closed meanwhile, or another one of this device
                continue
