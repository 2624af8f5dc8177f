# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Percentiles, and rates and latencies over a sliding window, by time.monotonic_ns."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
import threading
import time
from typing import Generic, TypeVar

from rpi_classifier.frame import Frame

T = TypeVar('T')

# Where a frame's time goes: from its capture to the mailbox, in the mailbox, three steps of work,
# the sum of these steps, and from the capture to the published result.
RESULT_STAGES = (
    'receive', 'wait', 'preprocess', 'infer', 'publish', 'work', 'end_to_end',
)  # fmt: skip


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

    def recent(self, now_ns: int | None = None) -> int:
        """Return the number of events in the window."""
        now_ns = time.monotonic_ns() if now_ns is None else now_ns
        with self._lock:
            self._trim(now_ns)
            return len(self._times)

    def _trim(self, now_ns: int) -> None:
        while self._times and now_ns - self._times[0] > self._window_ns:
            self._times.popleft()


class StreamStats:
    """
    Counts what a stream of frames has given since capturing began.

    One thread writes, any thread reads. Times are on the clock of time.monotonic_ns.
    """

    def __init__(self) -> None:
        """Make the statistics of a stream that has not begun."""
        self.rate = Rate()
        self.streaming = False
        self.message = 'not opened yet'  # what streams, or why nothing does
        self.opened = 0  # how often the source was opened
        self.dropped = 0  # frames that the driver dropped, judged by gaps between stamps
        self.since_ns = 0  # when the current stream began
        self.last_ns = 0  # when the newest frame was taken
        self.stamp_source = 'read'  # of the newest frame

    @property
    def frames(self) -> int:
        """Return the number of frames."""
        return self.rate.total

    def note(self, frame: Frame, rate_hz: float) -> None:
        """Count a frame; ``rate_hz`` is the nominal rate of the stream."""
        if self.streaming:
            periods = round((frame.taken_ns - self.last_ns) * rate_hz / 1e9)
            self.dropped += max(periods - 1, 0)
        self.last_ns, self.stamp_source = frame.taken_ns, frame.stamp_source
        self.rate.tick()

    def note_streaming(self, description: str) -> None:
        """Note that frames have begun to flow, and from where."""
        self.streaming, self.message = True, description
        self.since_ns = time.monotonic_ns()

    def note_failure(self, reason: str) -> None:
        """Note that frames do not flow, and why."""
        self.streaming, self.message = False, reason


class Stages:
    """The last durations of each stage, in windows of fixed size."""

    def __init__(self, *names: str, size: int = 256) -> None:
        """Make an empty window of ``size`` values per stage."""
        self._windows: dict[str, deque[int]] = {name: deque(maxlen=size) for name in names}

    def add(self, **durations_ns: int) -> None:
        """Note the durations of one frame in nanoseconds, by stage."""
        for name, duration_ns in durations_ns.items():
            self._windows[name].append(duration_ns)

    def __getitem__(self, name: str) -> Summary:
        """Return the percentiles of one stage."""
        values = tuple(self._windows[name])  # at once: another thread adds
        return Summary(*(percentile(values, percent) / 1e6 for percent in (50, 95, 100)))

    def summaries(self) -> dict[str, Summary]:
        """Return the percentiles of all stages."""
        return {name: self[name] for name in self._windows}


class ResultStats(Generic[T]):
    """
    Counts the published results of a classifier and keeps where their time went.

    ``newest`` is the last result and ``last_ns`` when it was published, on the clock of
    time.monotonic_ns.
    """

    def __init__(self) -> None:
        """Start at zero."""
        self.rate = Rate()
        self.stages = Stages(*RESULT_STAGES)
        self.newest: T | None = None
        self.last_ns = 0

    def note(
        self, result: T, *, taken_ns: int, waited_ns: int, started_ns: int, infer_ns: int,
        inferred_ns: int,
    ) -> None:  # fmt: skip
        """
        Note a result that was published just now.

        ``taken_ns``, ``started_ns`` and ``inferred_ns`` are on the clock of time.monotonic_ns:
        when the image was captured, when the work on it began, and when its classes were known.

        :param waited_ns: how long the image had waited in the mailbox.
        :param infer_ns: how long the model took.
        """
        now_ns = time.monotonic_ns()
        self.rate.tick(now_ns)
        self.stages.add(
            receive=started_ns - waited_ns - taken_ns,
            wait=waited_ns,
            preprocess=inferred_ns - started_ns - infer_ns,
            infer=infer_ns,
            publish=now_ns - inferred_ns,
            work=now_ns - started_ns,
            end_to_end=now_ns - taken_ns,
        )
        self.newest, self.last_ns = result, now_ns
