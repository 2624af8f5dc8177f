# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the main thread of a process of nodes waits for, and what ends it if nothing else does."""

from __future__ import annotations

from collections.abc import Callable
import ctypes
import fcntl
import os
import signal

from rpi_classifier.bringup.standard_streams import open_standard_streams

_SET = b'\0'  # signal handlers write the number of the signal
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Its number, 10, is the limit in seconds: longer than an orderly end takes.
_LIMIT = signal.SIGUSR1


class Ending:
    """
    Wakes the main thread for a signal, the death of a thread, or the shutdown of a node.

    It is a pipe, not a threading.Event: the kernel may deliver a signal to any thread, and a main
    thread that waits for a lock then sleeps on. Python writes to the pipe on whichever thread.

    ``begun`` is True once the process is about to end; ``asked``, if a signal asked for it.
    """

    def __init__(self) -> None:
        """Make the pipe, but not with the descriptors of closed standard streams."""
        open_standard_streams()
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self.begun = self.asked = False

    def exit_on_signal(self) -> None:
        """Let signals end the process at once with status 0, until ``listen`` is called."""
        self._handle(lambda *_: os._exit(0))

    def listen(self) -> None:
        """Let signals wake the main thread; call it there."""
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._handle(lambda *_: None)
        self._limit_the_end()

    def set(self) -> None:
        """Wake the main thread."""
        os.write(self._writer, _SET)

    def wait(self) -> bool:
        """
        Wait for a signal or a call of ``set``.

        From its return on, the process must end, or wait again, within ten seconds.

        :returns: True if it was a signal.
        """
        signal.alarm(0)
        self.asked = os.read(self._reader, 1) != _SET
        signal.alarm(_LIMIT)
        return self.asked

    def _handle(self, handler: Callable[..., None]) -> None:
        for number in _SIGNALS:
            # nohup ignores SIGHUP; that scripts ignore SIGINT for background jobs is no wish.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, handler)

    def _limit_the_end(self) -> None:
        """
        Let SIGALRM end the process ten seconds after the pipe was written to.

        A thread that writes to a full log pipe in C keeps Python's lock, so no Python code can do
        that. The kernel can: it raises ``_LIMIT`` for what comes in the pipe of this object, and
        the handler of that signal is the C function alarm, which takes the number of the signal
        for seconds.
        """
        libc = ctypes.CDLL(None)
        libc.signal.argtypes = ctypes.c_int, ctypes.c_void_p
        libc.signal.restype = ctypes.c_void_p
        libc.signal(_LIMIT, ctypes.cast(libc.alarm, ctypes.c_void_p))
        fcntl.fcntl(self._reader, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(self._reader, fcntl.F_SETSIG, _LIMIT)
        flags = fcntl.fcntl(self._reader, fcntl.F_GETFL)
        fcntl.fcntl(self._reader, fcntl.F_SETFL, flags | os.O_ASYNC)


SHUTDOWN = Ending()
