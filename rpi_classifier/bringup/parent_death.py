# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Ending with the parent: a process that works for another one must not outlive it."""

from __future__ import annotations

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1  # of prctl(2): which signal to send when the parent dies


def end_with_parent(number: int, parent: int | None = None) -> None:
    """
    Let the kernel send this process a signal when its parent dies; Linux only.

    :param number: of the signal.
    :param parent: process id of the parent, which may be dead by now; the signal comes then, too.
    """
    if sys.platform != 'linux':
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), number)
