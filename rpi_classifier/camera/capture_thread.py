# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The thread that reads a source as fast as it gives frames."""

from __future__ import annotations

from collections.abc import Callable
import threading
import time

from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.reopen import Reopener
from rpi_classifier.camera.source import Source
from rpi_classifier.errors import CameraError
from rpi_classifier.frame import Frame
from rpi_classifier.latest import Latest
from rpi_classifier.stats import StreamStats


class CaptureThread:
    """
    Reads a source and puts every frame into all attached mailboxes; reopens it when it fails.

    Reading never waits for a consumer, so no old frames collect in the driver's queue. ``source``
    is the source that is open, or was open last; None before the first one.
    """

    def __init__(
        self,
        reopener: Reopener,
        *,
        on_streaming: Callable[[Source], None] = lambda source: None,
        on_failure: Callable[[str], None] = lambda reason: None,
        on_death: Callable[[BaseException], None] = lambda error: None,
    ) -> None:
        """
        Prepare the thread; all callbacks are called on it.

        :param on_streaming: called when the first frame of a source has come.
        :param on_failure: called with the reason when the source fails, or when the reason
            becomes one of another kind.
        :param on_death: called with the unexpected exception that ended the thread. The attached
            mailboxes are closed with it, too.
        """
        self._reopener = reopener
        self._on_streaming = on_streaming
        self._on_failure = on_failure
        self._on_death = on_death
        self._interrupt = Interrupt()
        self._mailboxes: tuple[Latest[Frame], ...] = ()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name='capture', daemon=True)
        self._failure: type[CameraError] | None = None
        self.source: Source | None = None
        self.stats = StreamStats()

    def attach(self, mailbox: Latest[Frame]) -> None:
        """Put every frame into a mailbox from now on, once however often it is attached."""
        with self._lock:
            if mailbox not in self._mailboxes:
                self._mailboxes += (mailbox,)

    def detach(self, mailbox: Latest[Frame]) -> None:
        """Stop putting frames into a mailbox; one that is not attached is ignored."""
        with self._lock:
            self._mailboxes = tuple(other for other in self._mailboxes if other is not mailbox)

    def start(self) -> None:
        """Start the thread."""
        self._reopener.reset()
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> bool:
        """
        End the thread and free the source, even if it waits for a frame that does not come.

        :returns: False if the thread still hangs in the driver; it is left behind as a daemon.
        """
        self._interrupt.set()
        if self._thread.ident is None:
            return True
        end = time.monotonic() + timeout_s
        self._thread.join(min(0.1, timeout_s))
        while self._thread.is_alive() and time.monotonic() < end:
            self._interrupt.wake()
            self._thread.join(0.05)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._interrupt.is_set():
                try:
                    self._stream(self._reopener.open(self._interrupt))
                except CameraError as error:
                    self._note_failure(error)
                self._reopener.pause(self._interrupt)
        except BaseException as error:
            self._on_death(error)
            for mailbox in self._mailboxes:
                mailbox.close(error)
            raise

    def _stream(self, source: Source) -> None:
        self.source, stats = source, self.stats
        stats.opened += 1
        try:
            while not self._interrupt.is_set():
                frame = source.read()
                stats.note(frame, source.rate_hz)
                if not stats.streaming:
                    self._note_streaming(source)
                for mailbox in self._mailboxes:
                    mailbox.put(frame)
        finally:
            source.close()

    def _note_streaming(self, source: Source) -> None:
        self._failure = None
        self.stats.note_streaming(source.description)
        self._on_streaming(source)

    def _note_failure(self, error: CameraError) -> None:
        if self._interrupt.is_set():  # it was stopped on purpose
            return
        self.stats.note_failure(str(error))
        if type(error) is not self._failure:
            self._failure = type(error)
            self._on_failure(str(error))
