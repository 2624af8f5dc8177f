# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Images that were rejected: counted by reason, logged once per reason and minute."""

from __future__ import annotations

from collections import Counter
import time

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.impl.rcutils_logger import RcutilsLogger

from rpi_classifier.errors import ImageError
from rpi_classifier.nodes.common import status
from rpi_classifier.stats import Rate

_QUIET_NS = 60_000_000_000  # between two lines in the log for one reason
_RECENT_S = 1.5  # longer than the period of diagnostics, so that they miss no rejection


class RejectedImages:
    """Counts the images that were rejected since the node started."""

    def __init__(self, logger: RcutilsLogger) -> None:
        """Start at zero."""
        self._logger = logger
        self._counts: Counter[str] = Counter()
        self._logged: dict[str, tuple[int, int]] = {}  # by reason: when, and the count then
        self._rate = Rate(_RECENT_S)
        self._newest = ''

    def note(self, error: ImageError, now_ns: int | None = None) -> None:
        """
        Count an image, and log why unless its reason was logged within the last minute.

        :param now_ns: on the clock of time.monotonic_ns; None: the current time.
        """
        now_ns = time.monotonic_ns() if now_ns is None else now_ns
        self._rate.tick(now_ns)
        self._counts[error.reason] += 1
        count, self._newest = self._counts[error.reason], str(error)
        logged_ns, logged = self._logged.get(error.reason, (now_ns - _QUIET_NS, 0))
        if now_ns - logged_ns < _QUIET_NS:
            return
        more = f' ({count - logged - 1} more since)' if count - logged > 1 else ''
        self._logger.warning(f'image refused: {error}{more}')
        self._logged[error.reason] = now_ns, count

    def status(self, name: str, now_ns: int | None = None) -> DiagnosticStatus:
        """
        Return how many images were rejected and why; a warning if some were just now.

        :param now_ns: on the clock of time.monotonic_ns; None: the current time.
        """
        counts = dict(self._counts)  # at once: another thread counts
        total, recent = sum(counts.values()), self._rate.recent(now_ns)
        level, message = status.OK, f'{total} images refused so far'
        if recent:
            level, message = status.WARN, f'{recent} images refused just now: {self._newest}'
        by_reason = {f'refused: {reason}': count for reason, count in counts.items()}
        return status.make_status(
            name, 'classifier', level, message, refused=total, newest=self._newest, **by_reason
        )
