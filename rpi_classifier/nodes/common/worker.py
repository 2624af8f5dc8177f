# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The thread that works on what a mailbox holds."""

from __future__ import annotations

from collections.abc import Callable
import threading
from typing import Generic, TypeVar

from rpi_classifier.latest import Closed, Latest

T = TypeVar('T')

JOIN_LIMIT_S = 2.0  # a thread needs less, unless a library hangs


class WorkerThread(Generic[T]):
    """Works on the newest item of a mailbox, again and again, until the mailbox is closed."""

    def __init__(
        self,
        name: str,
        mailbox: Latest[T],
        work: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """
        Prepare the thread.

        :param name: the name of the thread.
        :param work: called with each item, on the thread.
        :param failed: called with the exception that ended the thread, be it of ``work`` or of
            the producer that closed the mailbox.
        """
        self._mailbox = mailbox
        self._work = work
        self._failed = failed
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self, limit_s: float = JOIN_LIMIT_S) -> bool:
        """
        Wait until the thread has ended; close the mailbox before.

        :returns: False if it still works after ``limit_s`` seconds; it is left as a daemon.
        """
        if self._thread.ident is not None:
            self._thread.join(limit_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while True:
                self._work(self._mailbox.get())
        except Closed as closed:
            if closed.__cause__:
                self._failed(closed.__cause__)
        except BaseException as error:
            self._failed(error)
        finally:
            # Methods of the owner, who has this object: a circle that would keep models alive.
            del self._work, self._failed
