# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A mailbox between a producer's and a consumer's thread: the latest item wins."""

from __future__ import annotations

from collections import deque
import threading
import time
from typing import Generic, TypeVar

T = TypeVar('T')


class Closed(Exception):
    """The mailbox is closed: no further item comes."""


class Latest(Generic[T]):
    """
    Hands over the newest item; an item that nobody took in time is replaced.

    Where ``depth`` is more than 1, that many items wait, and the oldest of them is handed over
    first. It may change at any time; a smaller one drops items only as the consumer takes others.
    ``skipped`` counts the items that were replaced. ``put_ns`` is when the newest item came and
    ``got_ns`` when the last one was taken, both on the clock of time.monotonic_ns; ``waited_ns``
    is how long the last one had waited here.
    """

    def __init__(self) -> None:
        """Make an empty, open mailbox."""
        self._condition = threading.Condition()
        self._items: deque[tuple[T, int]] = deque()  # each with the time at which it came
        self._error: BaseException | None = None
        self._closed = False
        self.depth = self._limit = 1
        self.skipped = 0
        self.put_ns = self.got_ns = self.waited_ns = 0

    def put(self, item: T) -> None:
        """Add an item; it replaces the oldest of those that wait if ``depth`` of them do."""
        with self._condition:
            if self._closed:
                return
            self._limit = max(self._limit, self.depth)
            if len(self._items) >= self._limit:
                self._items.popleft()
                self.skipped += 1
            self.put_ns = time.monotonic_ns()
            self._items.append((item, self.put_ns))
            self._condition.notify()

    def get(self, timeout_s: float | None = None) -> T:
        """
        Take the item that waits, the oldest of several; wait for one if there is none.

        :param timeout_s: longest wait in seconds; None: no limit.
        :raises TimeoutError: if nothing came in time.
        :raises Closed: if the mailbox is closed. If the producer died, its exception is the cause.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._items or self._closed, timeout_s)
            if self._closed:
                raise Closed from self._error
            if not self._items:
                raise TimeoutError(f'nothing came within {timeout_s} s')
            item, put_ns = self._items.popleft()
            self._limit = max(self.depth, len(self._items))
            self.got_ns = time.monotonic_ns()
            self.waited_ns = self.got_ns - put_ns
            return item

    def close(self, error: BaseException | None = None) -> None:
        """
        Wake the consumer for good.

        :param error: what ended the producer; the consumer's Closed has the first one as its
            cause, even if the mailbox is closed again before it wakes.
        """
        with self._condition:
            self._items.clear()
            self._closed, self._error = True, self._error or error
            self._condition.notify_all()
