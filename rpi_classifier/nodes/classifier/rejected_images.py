# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Images that were rejected: counted by reason, logged once a minute by reason or encoding."""

from __future__ import annotations

from collections import Counter
import time

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.impl.rcutils_logger import RcutilsLogger

from rpi_classifier.errors import EncodingError, ImageError
from rpi_classifier.nodes.common import status
from rpi_classifier.stats import Rate
from rpi_classifier.wording import shorten

_QUIET_NS = 60_000_000_000  # between two lines in the log for one reason or encoding
_MOST_CAUSES = 16  # in the log within that time: others may send ever new encodings
_RECENT_S = 1.5  # longer than the period of diagnostics, so that they miss no rejection


class RejectedImages:
    """
    Counts the images that were rejected since the node started.

    ``newest`` says why the newest one was, ``newest_reason`` in a word or two.
    """

    def __init__(self, logger: RcutilsLogger) -> None:
        """Start at zero."""
        self._logger = logger
        self._counts: Counter[str] = Counter()
        self._logged: dict[str, int] = {}  # when, by cause
        self._left_out: Counter[str] = Counter()  # since then, by cause
        self._rate = Rate(_RECENT_S)
        self.newest = self.newest_reason = ''

    def note(self, error: ImageError, now_ns: int | None = None) -> None:
        """
        Count an image, and log why unless its cause was logged within the last minute.

        :param now_ns: on the clock of time.monotonic_ns; None: the current time.
        """
        now_ns = time.monotonic_ns() if now_ns is None else now_ns
        self._rate.tick(now_ns)
        self._counts[error.reason] += 1
        self.newest, self.newest_reason = shorten(str(error)), error.reason
        # Each encoding is a cause of its own; other sentences differ from image to image.
        cause = self.newest if isinstance(error, EncodingError) else error.reason
        if self._is_due(cause, now_ns):
            left_out = self._left_out.pop(cause, 0)
            more = f' ({left_out} more since)' if left_out else ''
            self._logger.warning(f'image refused: {self.newest}{more}')
            self._logged[cause] = now_ns
        elif cause in self._logged:
            self._left_out[cause] += 1

    def _is_due(self, cause: str, now_ns: int) -> bool:
        if cause in self._logged:
            return now_ns - self._logged[cause] >= _QUIET_NS
        if len(self._logged) >= _MOST_CAUSES:  # forget those that may be logged again anyway
            recent = {it: at for it, at in self._logged.items() if now_ns - at < _QUIET_NS}
            self._logged = recent
            self._left_out = Counter({it: self._left_out[it] for it in recent})
        return len(self._logged) < _MOST_CAUSES

    def status(self, name: str, now_ns: int | None = None) -> DiagnosticStatus:
        """
        Return how many images were rejected and why; a warning if some were just now.

        :param now_ns: on the clock of time.monotonic_ns; None: the current time.
        """
        counts = dict(self._counts)  # at once: another thread counts
        total, recent = sum(counts.values()), self._rate.recent(now_ns)
        level, message = status.OK, f'{total} images refused so far'
        if recent:
            level, message = status.WARN, f'{recent} images refused just now: {self.newest}'
        by_reason = {f'refused: {reason}': count for reason, count in counts.items()}
        return status.make_status(
            name, 'classifier', level, message, refused=total, newest=self.newest, **by_reason
        )
