# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the page shows besides the picture, as server-sent events."""

from __future__ import annotations

from collections.abc import Mapping
import json
import threading

from rpi_classifier.live.broadcast import Broadcast


class Bulletin:
    """
    The sections of the page; each is encoded once for all viewers, and sent when it changed.

    ``news`` has the newest events by section. An event that did not change stays the same object.
    """

    def __init__(self) -> None:
        """Start without sections."""
        self.news: Broadcast[Mapping[str, bytes]] = Broadcast()
        self._lock = threading.Lock()
        self._events: dict[str, bytes] = {}

    def post(self, section: str, content: object) -> None:
        """
        Replace a section, from any thread.

        :param content: anything that JSON can express.
        """
        event = encode_event(section, content)
        with self._lock:
            if self._events.get(section) != event:
                self._events = {**self._events, section: event}
                self.news.put(self._events)


def encode_event(section: str, content: object) -> bytes:
    """Return a server-sent event whose data are one line of JSON."""
    # Browsers do not read the NaN that Python's JSON has for the rates of idle nodes.
    text = json.dumps(content, ensure_ascii=True, allow_nan=False)
    return f'event: {section}\ndata: {text}\n\n'.encode()
