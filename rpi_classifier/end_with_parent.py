# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Lets a process end with the one that started it."""

from __future__ import annotations

import ctypes
import signal

_PR_SET_PDEATHSIG = 1  # of prctl(2): which signal to send when the parent dies


def end_with_parent(number: signal.Signals) -> None:
    """Ask the kernel for a signal to this process when its parent dies, however that happens."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
