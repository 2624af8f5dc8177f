# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The thread that reads and writes files for the page, so that a slow disk delays no viewer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Full, Queue
import threading
from typing import Any, TypeVar

from rpi_classifier.errors import Refused

T = TypeVar('T')

_MOST_WAITING = 16
_ANSWER_S = 10.0
_PATIENCE_S = 0.5  # for a disk that hangs; the process is to end within two seconds


class DiskThread:
    """Calls functions one after the other, for the coroutines of one event loop."""

    def __init__(self) -> None:
        """Start the thread."""
        self._work: Queue[Callable[[], None] | None] = Queue(_MOST_WAITING)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name='disk', daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; one that hangs in the disk is abandoned."""
        self._stopping = True
        with suppress(Full):
            self._work.put_nowait(None)
        self._thread.join(_PATIENCE_S)

    async def run(self, work: Callable[[], T]) -> T:
        """
        Return what ``work`` returns, or raise what it raises.

        :raises Refused: if the disk does not answer in time, or too much waits for it.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        try:
            self._work.put_nowait(partial(_perform, work, loop, answer))
        except Full:
            raise Refused('the disk is busy; try again') from None
        try:
            return await asyncio.wait_for(answer, _ANSWER_S)
        except asyncio.TimeoutError:
            raise Refused(f'the disk has not answered for {_ANSWER_S:g} s') from None

    def _run(self) -> None:
        while (work := self._work.get()) is not None and not self._stopping:
            work()


def _perform(
    work: Callable[[], Any], loop: asyncio.AbstractEventLoop, answer: asyncio.Future[Any]
) -> None:
    give: Callable[[Any], None]
    try:
        result: Any = work()
        give = answer.set_result
    except Exception as error:
        result, give = error, answer.set_exception
    try:
        loop.call_soon_threadsafe(lambda: None if answer.done() else give(result))
    except RuntimeError:  # the page was closed meanwhile
        return
