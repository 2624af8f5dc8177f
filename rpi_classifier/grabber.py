# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""The capture thread: reads a source as fast as it gives, reopens it when it fails."""

from __future__ import annotations

from collections.abc import Callable
import threading
import time

from rpi_classifier.capture import Frame, Source
from rpi_classifier.errors import CameraError
from rpi_classifier.latest import Latest
from rpi_classifier.stats import Rate

Mailbox = Latest[Frame]


class Grabber:
    """Owns a source and the thread that reads it; every attached mailbox gets the newest frame.

    Reading never waits for a consumer, so a driver's queue does not fill with old frames.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        *,
        now_ns: Callable[[], int] = time.time_ns,
        on_change: Callable[[bool, str], None] = lambda good, message: None,
        retry_s: tuple[float, float] = (0.5, 5.0),
    ) -> None:
        """Prepare; ``start`` begins.

        :param open_source: opens the source, or raises CameraError.
        :param now_ns: the clock for Frame.stamp_ns.
        :param on_change: told (True, description) when frames begin to flow and (False, reason)
            when they stop, on the capture thread, once per change.
        :param retry_s: first and longest pause between attempts to open, doubling.
        """
        self._open_source = open_source
        self._now_ns = now_ns
        self._on_change = on_change
        self._retry_s = retry_s
        self._mailboxes: tuple[Mailbox, ...] = ()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name='capture', daemon=True)
        self._lock = threading.Lock()
        self._message = 'not opened yet'
        self.rate = Rate()
        self.streaming = False
        self.opened = 0

    @property
    def message(self) -> str:
        """What the source is, or why there is none."""
        return self._message

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
        """End the thread and free the source.

        :returns: False if the thread hangs in the driver; it is then left behind, as a daemon.
        """
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._grab()
        except BaseException as error:
            for mailbox in self._mailboxes:
                mailbox.close(error)
            raise

    def _grab(self) -> None:
        pause = self._retry_s[0]
        while not self._stop.is_set():
            try:
                source = self._open_source()
            except CameraError as error:
                self._change(False, str(error))
                self._stop.wait(pause)
                pause = min(2 * pause, self._retry_s[1])
                continue
            self.opened += 1
            try:
                self._read(source)
            except CameraError as error:
                self._change(False, str(error))
            finally:
                source.close()
            pause = self._retry_s[0]
            self._stop.wait(pause)

    def _read(self, source: Source) -> None:
        while not self._stop.is_set():
            image = source.read()
            now = time.monotonic_ns()
            self._change(True, source.description)
            self.rate.tick(now)
            frame = Frame(image, self.rate.total, now, self._now_ns())
            for mailbox in self._mailboxes:
                mailbox.put(frame)

    def _change(self, good: bool, message: str) -> None:
        if (good, message) != (self.streaming, self._message):
            self.streaming, self._message = good, message
            self._on_change(good, message)
