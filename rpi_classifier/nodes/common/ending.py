# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the main thread of a process of nodes waits for."""

from __future__ import annotations

import os
import signal

from rpi_classifier.bringup.standard_streams import open_standard_streams

_SET = b'\0'  # signal handlers write the number of the signal


class Ending:
    """
    Wakes the main thread for a signal, the death of a thread, or the shutdown of a node.

    It is a pipe, not a threading.Event: the kernel may deliver a signal to any thread, and a main
    thread that waits for a lock then sleeps on. Python writes to the pipe on whichever thread.
    """

    def __init__(self) -> None:
        """Make the pipe, but not with the descriptors of closed standard streams."""
        open_standard_streams()
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)

    def listen(self) -> None:
        """Take over SIGINT and SIGTERM; call it on the main thread."""
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)

    def set(self) -> None:
        """Wake the main thread."""
        os.write(self._writer, _SET)

    def wait(self) -> bool:
        """
        Wait for a signal or a call of ``set``.

        :returns: True if it was a signal.
        """
        return os.read(self._reader, 1) != _SET


SHUTDOWN = Ending()
