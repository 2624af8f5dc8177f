# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A mailbox with one slot between a producer's and a consumer's thread: the latest item wins."""

from __future__ import annotations

import threading
import time
from typing import Generic, TypeVar

T = TypeVar('T')


class Closed(Exception):
    """The mailbox is closed: no further item comes."""


class Latest(Generic[T]):
    """
    Hands over the newest item; an item that nobody took in time is replaced.

    ``skipped`` counts the items that were replaced. ``put_ns`` is when the newest item came and
    ``got_ns`` when the last one was taken, both on the clock of time.monotonic_ns; ``waited_ns``
    is how long the last one had waited here.
    """

    def __init__(self) -> None:
        """Make an empty, open mailbox."""
        self._condition = threading.Condition()
        self._item: T | None = None
        self._error: BaseException | None = None
        self._closed = False
        self.skipped = 0
        self.put_ns = self.got_ns = self.waited_ns = 0

    def put(self, item: T) -> None:
        """Replace the item in the slot; a closed mailbox ignores it."""
        with self._condition:
            if self._closed:
                return
            if self._item is not None:
                self.skipped += 1
            self._item, self.put_ns = item, time.monotonic_ns()
            self._condition.notify()

    def get(self, timeout_s: float | None = None) -> T:
        """
        Take the newest item; wait for one if the slot is empty.

        :param timeout_s: longest wait in seconds; None: no limit.
        :raises TimeoutError: if nothing came in time.
        :raises Closed: if the mailbox is closed. If the producer died, its exception is the cause.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._item is not None or self._closed, timeout_s)
            if self._closed:
                raise Closed from self._error
            if self._item is None:
                raise TimeoutError(f'nothing came within {timeout_s} s')
            item, self._item = self._item, None
            self.got_ns = time.monotonic_ns()
            self.waited_ns = self.got_ns - self.put_ns
            return item

    def close(self, error: BaseException | None = None) -> None:
        """
        Wake the consumer for good.

        :param error: what ended the producer; the consumer's Closed has the first one as its
            cause, even if the mailbox is closed again before it wakes.
        """
        with self._condition:
            self._closed, self._item, self._error = True, None, self._error or error
            self._condition.notify_all()
