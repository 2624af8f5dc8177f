# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Percentiles, and rates and latencies over a sliding window, by time.monotonic_ns."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
import threading
import time


def percentile(values: Iterable[float], percent: float) -> float:
    """
    Return the value of the nearest rank; NaN of no values.

    :param percent: from 0, the smallest value, to 100, the largest.
    """
    ordered = sorted(values)
    if not ordered:
        return float('nan')
    return float(ordered[round((len(ordered) - 1) * percent / 100)])


@dataclass(frozen=True)
class Summary:
    """Percentiles of one window, in milliseconds; NaN while it is empty."""

    p50: float
    p95: float
    maximum: float


class Rate:
    """Events per second over the last seconds."""

    def __init__(self, window_s: float = 2.0) -> None:
        """Make a meter that looks back ``window_s`` seconds."""
        self._window_ns = int(window_s * 1e9)
        self._times: deque[int] = deque()
        self._lock = threading.Lock()
        self.total = 0

    def tick(self, now_ns: int | None = None) -> None:
        """Count one event."""
        now_ns = time.monotonic_ns() if now_ns is None else now_ns
        with self._lock:
            self._times.append(now_ns)
            self.total += 1
            self._trim(now_ns)

    def hz(self, now_ns: int | None = None) -> float:
        """
        Return the rate in events per second; 0 with fewer than two events in the window.

        A silence longer than the mean interval counts, so the rate falls when events stop.
        """
        now_ns = time.monotonic_ns() if now_ns is None else now_ns
        with self._lock:
            self._trim(now_ns)
            if len(self._times) < 2:
                return 0.0
            events = len(self._times) - 1
            span = max(self._times[-1] - self._times[0], 1)
            silence = now_ns - self._times[-1]
        return events / (max(span, span + silence - 2 * span // events) / 1e9)

    def _trim(self, now_ns: int) -> None:
        while self._times and now_ns - self._times[0] > self._window_ns:
            self._times.popleft()


class Latency:
    """The last durations, in a window of fixed size."""

    def __init__(self, size: int = 256) -> None:
        """Make a window of ``size`` values."""
        self._values: deque[int] = deque(maxlen=size)

    def add(self, duration_ns: int) -> None:
        """Note one duration in nanoseconds."""
        self._values.append(duration_ns)

    def summary(self) -> Summary:
        """Return the percentiles of the window in milliseconds."""
        values = tuple(self._values)
        return Summary(*(percentile(values, percent) / 1e6 for percent in (50, 95, 100)))


class Stages:
    """Latencies by the name of a stage, each in a window of fixed size."""

    def __init__(self, *names: str) -> None:
        """Make an empty window per stage."""
        self._windows = {name: Latency() for name in names}

    def add(self, **durations_ns: int) -> None:
        """Note the durations of one frame in nanoseconds, by stage."""
        for name, duration_ns in durations_ns.items():
            self._windows[name].add(duration_ns)

    def __getitem__(self, name: str) -> Summary:
        """Return the percentiles of one stage in milliseconds."""
        return self._windows[name].summary()

    def summaries(self) -> dict[str, Summary]:
        """Return the percentiles of all stages in milliseconds."""
        return {name: window.summary() for name, window in self._windows.items()}
