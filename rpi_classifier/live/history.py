# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which class was stable when, over the last minutes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

KEPT_S = 300.0
_MOST_SEGMENTS = 600  # of a class that flickers; the oldest go first


@dataclass
class Segment:
    """A time for which one class was stable, in seconds; ``end_s`` is None while it still is."""

    label: str
    start_s: float
    end_s: float | None = None


class History:
    """Segments in the order of time; where nothing was stable there is none."""

    def __init__(self) -> None:
        """Start empty."""
        self._segments: deque[Segment] = deque(maxlen=_MOST_SEGMENTS)

    def note(self, label: str, now_s: float) -> None:
        """Note the class that is stable from now on; empty: none is."""
        last = self._segments[-1] if self._segments else None
        if last and last.end_s is None:
            if last.label == label:
                return
            last.end_s = now_s
        if label:
            self._segments.append(Segment(label, now_s))
        while self._segments and self._is_past(self._segments[0], now_s):
            self._segments.popleft()

    def listed(self) -> list[list[object]]:
        """Return label, start and end of each segment for JSON."""
        return [[segment.label, segment.start_s, segment.end_s] for segment in self._segments]

    @staticmethod
    def _is_past(segment: Segment, now_s: float) -> bool:
        return segment.end_s is not None and segment.end_s < now_s - KEPT_S
