# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Ctrl-C in two steps: the first asks for the result so far, the second ends the command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
import signal


@contextmanager
def first_interrupt(sentence: str) -> Iterator[Callable[[], bool]]:
    """
    Give a function that returns True after the first Ctrl-C; the second one raises.

    :param sentence: is printed at the first one.
    :raises KeyboardInterrupt: at the second one.
    """
    asked = False

    def note(*_: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        os.write(2, f'\n{sentence}\n'.encode())  # print is not safe within a handler

    former = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, former)
