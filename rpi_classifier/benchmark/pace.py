# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""How frames come to a measurement: back to back, or at a camera's rate with cold caches."""

from __future__ import annotations

from dataclasses import dataclass
import time

import numpy as np

from rpi_classifier.cpu import last_level_cache_bytes

_LINE = 64  # bytes of a cache line
_LARGER = 1.25  # than the last-level cache
_LEAST, _MOST = 4 << 20, 128 << 20  # a Raspberry Pi 4 has 1 MB and may not report it


@dataclass(frozen=True)
class Pace:
    """
    How long to measure, and how frames come.

    ``fps`` 0: back to back. Otherwise the program idles between frames, as with a camera, after a
    walk through ``evict_bytes`` of memory, as a robot's other work takes the caches.
    """

    seconds: float
    fps: float = 0.0
    evict_bytes: int = 0


def evicting_bytes() -> int:
    """Return how much memory to walk through so that nothing of a network stays in the caches."""
    return min(max(int(_LARGER * last_level_cache_bytes()), _LEAST), _MOST)


class Interval:
    """Spends the time between frames; ``cpu_ns`` is the work that this took itself."""

    def __init__(self, pace: Pace) -> None:
        """Let the first interval begin now."""
        self.cpu_ns = 0
        self._period_ns = round(1e9 / pace.fps) if pace.fps else 0
        # Ones: pages of zeros would all be the same memory.
        self._other_memory = np.ones(pace.evict_bytes, np.uint8)
        self._due_ns = time.monotonic_ns()

    def spend(self) -> None:
        """Wait until the next frame is due; a late frame comes at once, and delays later ones."""
        if not self._period_ns:
            return
        begin = time.thread_time_ns()
        self._other_memory[::_LINE].max(initial=0)
        self.cpu_ns += time.thread_time_ns() - begin
        now = time.monotonic_ns()
        self._due_ns = max(self._due_ns + self._period_ns, now)
        time.sleep((self._due_ns - now) / 1e9)
