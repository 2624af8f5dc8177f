# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""An event that ends the waits of a thread that reads a source."""

from __future__ import annotations

import os
import stat
import threading

from rpi_classifier.camera import v4l2


class Interrupt(threading.Event):
    """
    Asks a reading thread to end, and wakes it even while it waits in the driver for a frame.

    OpenCV hides its descriptor, so STREAMOFF goes to every descriptor of this process on the
    device; only the streaming one accepts it.
    """

    def __init__(self) -> None:
        """Make an interrupt that is not set and watches no device."""
        super().__init__()
        self._device: int | None = None

    def watch(self, path: str) -> None:
        """Remember the device that the thread is about to open; a missing path is ignored."""
        try:
            self._device = os.stat(path).st_rdev
        except OSError:
            self._device = None

    def wake(self) -> None:
        """End a wait in the driver; repeat this, because the wait may begin only afterwards."""
        device = self._device
        if device is None:
            return
        for name in os.listdir('/proc/self/fd'):
            try:
                found = os.fstat(int(name))
                if stat.S_ISCHR(found.st_mode) and found.st_rdev == device:
                    v4l2.stop_streaming(int(name))
            except OSError:  # closed in the meantime, or not the streaming one
                continue
