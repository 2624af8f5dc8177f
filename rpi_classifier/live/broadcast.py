# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From any thread to many coroutines: each gets the newest item when it is ready for one."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from typing import Generic, TypeVar

T = TypeVar('T')


class Broadcast(Generic[T]):
    """
    Holds the newest item for all viewers; ``put`` never waits for any of them.

    Viewers that are slow skip items, each by itself.
    """

    def __init__(self) -> None:
        """Hold nothing; items may be put before a loop is attached."""
        self._lock = threading.Lock()  # between ``put`` and the end of the loop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._newest: tuple[int, T | None] = (0, None)
        self._put_s = -math.inf
        self._changed = asyncio.Event()

    def attach(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Wake coroutines of this loop from now on; None: of none."""
        with self._lock:
            self._loop, self._changed = loop, asyncio.Event()

    def put(self, item: T | None) -> None:
        """Replace the item; None: there is none any more."""
        with self._lock:
            self._newest, self._put_s = (self._newest[0] + 1, item), time.monotonic()
            if self._loop:
                self._loop.call_soon_threadsafe(self._wake)

    def age_s(self) -> float:
        """Return the seconds since the newest item was put; infinity if none was."""
        return time.monotonic() - self._put_s

    async def newer(self, seen: int, timeout_s: float) -> tuple[int, T | None]:
        """
        Wait for an item that is newer than the one of number ``seen``.

        :param seen: the number that the last call returned; 0: any item is new.
        :returns: number and item; what was there before if nothing came in time.
        """
        changed = self._changed
        if self._newest[0] == seen:
            try:
                await asyncio.wait_for(changed.wait(), timeout_s)
            except asyncio.TimeoutError:
                pass
        return self._newest

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
