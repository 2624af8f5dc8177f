# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The standard streams of a process: all of them open at its start, and flushed at its end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading


def open_standard_streams() -> None:
    """
    Open /dev/null in place of standard streams that were closed when the process started.

    Python leaves them None, and the next file or pipe that is opened gets their descriptor and
    what C code writes to it. So call this before anything else is opened.
    """
    for name, mode in (('stdin', 'r'), ('stdout', 'w'), ('stderr', 'w')):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode)  # noqa: SIM115
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


def flush_standard_streams(limit_s: float = 1.0) -> None:
    """
    Write what is left in the buffers of Python and of C; call this before ``os._exit``.

    C's are those of rcutils, which can log to standard output.

    :param limit_s: time in seconds after which to give up, because nobody reads a full pipe.
    """
    thread = threading.Thread(target=_flush, name='flush', daemon=True)
    thread.start()
    thread.join(limit_s)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # a pipe without reader; a closed stream
            stream.flush()
    ctypes.CDLL(None).fflush(None)
