# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Images that were refused: counted by reason, told once per reason and minute."""

from __future__ import annotations

from collections import Counter
import time
from typing import Protocol

from diagnostic_msgs.msg import DiagnosticStatus

from rpi_classifier.errors import ImageError
from rpi_classifier.nodes.common import status

_QUIET_S = 60.0  # between two lines in the log for one reason


class Logger(Protocol):
    """What is needed of rclpy's logger."""

    def warning(self, message: str) -> bool:
        """Log."""


class RejectedImages:
    """Counts refused images since the node started."""

    def __init__(self, logger: Logger) -> None:
        """Begin at zero."""
        self._logger = logger
        self._counts: Counter[str] = Counter()
        self._told: dict[str, tuple[float, int]] = {}  # by reason: when, and the count then
        self._newest = ''
        self._diagnosed = 0

    def note(self, error: ImageError, now_s: float | None = None) -> None:
        """Count one; tell why, unless that was told within the last minute of ``now_s``."""
        now_s = time.monotonic() if now_s is None else now_s
        self._counts[error.reason] += 1
        count, self._newest = self._counts[error.reason], str(error)
        told_s, told = self._told.get(error.reason, (now_s - _QUIET_S, 0))
        if now_s - told_s < _QUIET_S:
            return
        more = f' ({count - told - 1} more since)' if count - told > 1 else ''
        self._logger.warning(f'image refused: {error}{more}')
        self._told[error.reason] = now_s, count

    def status(self, name: str) -> DiagnosticStatus:
        """Return how many were refused why; a warning if there were some since the last call."""
        total = self._counts.total()
        new, self._diagnosed = total - self._diagnosed, total
        level, message = status.OK, f'{total} images refused so far'
        if new:
            level, message = status.WARN, f'{new} images refused just now: {self._newest}'
        by_reason = {f'refused: {reason}': count for reason, count in self._counts.items()}
        return status.make_status(
            name, 'classifier', level, message, refused=total, newest=self._newest, **by_reason
        )
