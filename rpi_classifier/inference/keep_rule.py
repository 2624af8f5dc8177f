# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Decides which results are worth keeping their images."""

from __future__ import annotations

from rpi_classifier.config import ClassifierConfig

_SHORTEST_S = 1.0  # between two images that are kept


class KeepRule:
    """Looks at the best class of every result, and chooses at most one result a second."""

    def __init__(self) -> None:
        """Begin with the next result: it changes no class."""
        self._best: int | None = None
        self._kept_ns: int | None = None

    def forget_class(self) -> None:
        """Begin again with the next result, of another model; time goes on."""
        self._best = None

    def choose(self, best: int, score: float, now_ns: int, config: ClassifierConfig) -> str:
        """
        Look at the next result.

        :param best: the index of its best class, which may be that of ``unknown``.
        :param score: the probability of the best class that is not ``unknown``.
        :param now_ns: the time of the result, on the clock of time.monotonic_ns.
        :param config: the parameters that begin with ``keep``; they may change between calls.
        :returns: why it is worth keeping: ``unsure``, ``change`` or ``every``; empty if it is not.
        """
        changed, self._best = self._best not in (None, best), best
        every = config.keep == 'every'
        pause_s = config.keep_seconds if every else _SHORTEST_S
        if self._kept_ns is not None and now_ns - self._kept_ns < pause_s * 1e9:
            return ''
        reason = 'every' if every else _explain_doubt(score, changed, config)
        if reason:
            self._kept_ns = now_ns
        return reason


def _explain_doubt(score: float, changed: bool, config: ClassifierConfig) -> str:
    if config.keep_low <= score <= config.keep_high:
        return 'unsure'
    return 'change' if changed else ''
