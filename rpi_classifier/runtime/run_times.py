# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""How long a network takes here, for the choice of kernels and threads while it is loaded."""

from __future__ import annotations

from collections.abc import Callable
import statistics
import time
from typing import Any

# One thread that needs less than a third of a camera's frame has fewer slow frames than two, which
# are woken for every frame.
ENOUGH_NS = 10_000_000
_FRAME_NS = 33_000_000  # of a camera with 30 fps
_RUNS, _TOTAL_NS = 5, 200_000_000  # whichever comes first


def fastest_ns(run: Callable[[], Any]) -> int:
    """Return the time of the fastest of a few runs, which other programs disturbed least."""
    return min(_times_ns(run, lambda last_ns: None))


def paced_ns(run: Callable[[], Any]) -> int:
    """Return the median time of a few runs at a camera's pace, with idle time between them."""
    return int(
        statistics.median(
            _times_ns(run, lambda last_ns: time.sleep(max(0, _FRAME_NS - last_ns) / 1e9))
        )
    )


def _times_ns(run: Callable[[], Any], pause: Callable[[int], None]) -> list[int]:
    """Run a few times; ``pause`` gets how long the last run took, 0 before the first one."""
    times_ns: list[int] = []
    while len(times_ns) < _RUNS and sum(times_ns) < _TOTAL_NS:
        pause(times_ns[-1] if times_ns else 0)
        start = time.monotonic_ns()
        run()
        times_ns.append(time.monotonic_ns() - start)
    return times_ns
