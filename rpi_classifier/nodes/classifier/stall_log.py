# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Logs that no results come and why: at once, then ever more rarely, and when it is over."""

from __future__ import annotations

import time

from rclpy.impl.rcutils_logger import RcutilsLogger

from rpi_classifier.nodes.classifier.health import Stall

_FIRST_NS = 10_000_000_000  # between two warnings at least
_LONGEST_NS = 600_000_000_000


class StallLog:
    """Logs the sentence of a stall when it begins, when its cause changes, and now and then."""

    def __init__(self, logger: RcutilsLogger) -> None:
        """Start without a stall."""
        self._logger = logger
        self._cause = ''  # of the stall in the log; empty if there is none
        self._seconds = 0.0
        self._logged_ns: int | None = None
        self._pause_ns = _FIRST_NS

    def note(self, stall: Stall | None, now_ns: int | None = None) -> None:
        """
        Take the state of this moment; None: results come, or nobody wants them.

        :param now_ns: on the clock of time.monotonic_ns; None: the current time.
        """
        now_ns = time.monotonic_ns() if now_ns is None else now_ns
        if stall is None:
            self._cause = ''
            return
        self._seconds = stall.seconds
        repeated = stall.cause == self._cause
        pause_ns = self._pause_ns if repeated else _FIRST_NS
        if self._logged_ns is not None and now_ns - self._logged_ns < pause_ns:
            return
        self._logger.warning(stall.sentence)
        self._cause, self._logged_ns = stall.cause, now_ns
        self._pause_ns = min(2 * pause_ns, _LONGEST_NS) if repeated else _FIRST_NS

    def note_results(self) -> None:
        """Take note that results come; logged if their absence was."""
        if self._cause:
            self._logger.info(f'images are classified again, after {self._seconds:.0f} s')
        self._cause = ''
