# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The capture thread: reads a source as fast as it gives, reopens it when it fails."""

from __future__ import annotations

from collections.abc import Callable
import threading
import time

from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.source import Source
from rpi_classifier.errors import CameraError
from rpi_classifier.frame import Frame
from rpi_classifier.input_spec import Image
from rpi_classifier.latest import Latest
from rpi_classifier.stats import Rate

Mailbox = Latest[Frame]


class Grabber:
    """
    Owns a source and the thread that reads it; every attached mailbox gets the newest frame.

    Reading never waits for a consumer, so a driver's queue does not fill with old frames.
    ``source`` is the one that is open, or the last one; ``message`` says what it is, or why there
    is none; ``since_ns`` is when frames began to flow, on the clock of time.monotonic_ns.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        *,
        now_ns: Callable[[], int] = time.time_ns,
        on_change: Callable[[bool, str], None] = lambda good, message: None,
        retry_s: tuple[float, float] = (0.5, 5.0),
        interrupt: Interrupt | None = None,
        frame_id: str = '',
    ) -> None:
        """
        Prepare; ``start`` begins.

        :param open_source: opens the source, or raises CameraError.
        :param now_ns: the clock for Frame.stamp_ns.
        :param on_change: told (True, description) when frames begin to flow, (False, reason)
            when they stop or the reason becomes one of another kind, on the capture thread.
        :param retry_s: first and longest pause before the source is opened again. It doubles
            until frames have flowed for longer than the longest.
        :param interrupt: what ``open_source`` gave to its sources, so that ``stop`` can wake
            them.
        :param frame_id: the camera's coordinate frame, for Frame.frame_id.
        """
        self._open_source = open_source
        self._now_ns = now_ns
        self._on_change = on_change
        self._retry_s = retry_s
        self._interrupt = interrupt or Interrupt()
        self._frame_id = frame_id
        self._mailboxes: tuple[Mailbox, ...] = ()
        self._thread = threading.Thread(target=self._run, name='capture', daemon=True)
        self._lock = threading.Lock()
        self._state: type[CameraError] | str | None = 'new'
        self.message = 'not opened yet'
        self.source = Source()
        self.rate = Rate()
        self.streaming = False
        self.since_ns = 0
        self.last_ns = 0
        self.opened = 0
        self.dropped = 0

    def attach(self, mailbox: Mailbox) -> None:
        """From now on put every frame into the mailbox."""
        with self._lock:
            self._mailboxes += (mailbox,)

    def detach(self, mailbox: Mailbox) -> None:
        """Stop doing so; unknown mailboxes are ignored."""
        with self._lock:
            self._mailboxes = tuple(other for other in self._mailboxes if other is not mailbox)

    def start(self) -> None:
        """Start the capture thread."""
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> bool:
        """
        End the thread and free the source, even if it waits for a frame that does not come.

        :returns: False if the thread hangs in the driver all the same; it is then left behind, as
            a daemon.
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
            self._grab()
        except BaseException as error:
            for mailbox in self._mailboxes:
                mailbox.close(error)
            raise

    def _grab(self) -> None:
        first_s, longest_s = self._retry_s
        pause_s = first_s
        while not self._interrupt.is_set():
            began = time.monotonic()
            try:
                self._grab_from(self._open_source())
            except CameraError as error:
                self._failed(error)
            if time.monotonic() - began > longest_s:
                pause_s = first_s
            self._interrupt.wait(pause_s)
            pause_s = min(2 * pause_s, longest_s)

    def _grab_from(self, source: Source) -> None:
        self.source = source
        self.opened += 1
        last_ns = 0
        try:
            while not self._interrupt.is_set():
                image = source.read()
                if last_ns:
                    self.dropped += _missing(source.taken_ns - last_ns, source.rate_hz)
                last_ns = source.taken_ns
                self._hand_over(image, last_ns)
        finally:
            source.close()

    def _hand_over(self, image: Image, taken_ns: int) -> None:
        # Both clocks are read now: a step of the node's clock moves no frame against the present.
        stamp_ns = self._now_ns() - (time.monotonic_ns() - taken_ns)
        self.rate.tick()
        self.last_ns = taken_ns
        frame = Frame(image, self._frame_id, stamp_ns, taken_ns, self.source.stamp_source)
        if not self.streaming:
            self._state, self.message = None, self.source.description
            self.since_ns, self.streaming = time.monotonic_ns(), True
            self._on_change(True, self.message)
        for mailbox in self._mailboxes:
            mailbox.put(frame)

    def _failed(self, error: CameraError) -> None:
        if self._interrupt.is_set():  # on purpose
            return
        self.message, self.streaming = str(error), False
        if self._state is not type(error):
            self._state = type(error)
            self._on_change(False, self.message)


def _missing(gap_ns: int, rate_hz: float) -> int:
    """Return how many frames are missing in a gap between two."""
    return max(round(gap_ns * rate_hz / 1e9) - 1, 0)
