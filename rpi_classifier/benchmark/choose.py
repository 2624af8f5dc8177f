# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Choose the fastest way that agrees with the reference, and say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rpi_classifier.benchmark.pictures import Pictures
from rpi_classifier.benchmark.trial import Trial
from rpi_classifier.benchmark.tune import Reference, TuneRequest
from rpi_classifier.errors import RpiClassifierError

_SAME = 0.05  # of the time: not worth a word


@dataclass(frozen=True)
class Choice:
    """The way to take, and why, in sentences."""

    trial: Trial
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Chooser:
    """What the sentences about a choice are made of."""

    request: TuneRequest
    reference: Reference
    pictures: Pictures

    def choose(self, trials: Sequence[Trial]) -> Choice:
        """
        Return the way with the smallest p95 among those that agree well enough.

        :param trials: measured, in any order.
        :raises RpiClassifierError: if none could be measured.
        """
        good = sorted((one for one in trials if not one.error), key=lambda one: one.p95_ms)
        if not good:
            reasons = dict.fromkeys(f'{one.way.title}: {one.error}' for one in trials)
            raise RpiClassifierError(f'nothing could be measured here: {"; ".join(reasons)}')
        within = [one for one in good if self.drop(one) <= self.request.max_drop]
        first = min(good, key=lambda one: (self.drop(one), one.p95_ms))
        best = within[0] if within else first
        said = [] if within else [self._nothing_within()]
        said += [self._about(best), *self._compared(best, good), *self._faster(best, good)]
        return Choice(best, tuple(said))

    def drop(self, trial: Trial) -> float:
        """Return how many percent of the pictures get another class than the reference's."""
        if trial.agreement is None:
            return 0.0
        return round(100 * (1 - trial.agreement), 6)  # 5.5 as it is written, not 5.500...04

    def agreement(self, trial: Trial) -> str:
        """Return on how many pictures a way agrees, as ``199/200``."""
        if trial.agreement is None:
            return '-'
        return f'{round(trial.agreement * self.pictures.number)}/{self.pictures.number}'

    def _about(self, best: Trial) -> str:
        said = f'{best.title}: p95 {best.p95_ms:.1f} ms {self.request.conditions}'
        if best.agreement is None:
            said += ', and its known answers are right'
        else:
            number = round(best.agreement * self.pictures.number)
            said += f', {number} of {self.pictures.number} {self.pictures.name} agree with '
            said += self.reference.name
        if best.p95_ms > 1e3 / self.request.fps:
            said += f'; that is too slow for {self.request.fps:g} fps'
        return f'{said}.'

    def _compared(self, best: Trial, good: Sequence[Trial]) -> list[str]:
        """Compare with the reference's way, or if that was chosen, with the next best."""
        others = [one for one in good if one.way.title == self.reference.name]
        if best in others or not others:
            others = [one for one in good if one.way != best.way]
        if not others:
            return []
        other, ratio = others[0], others[0].p95_ms / best.p95_ms
        if ratio < 1 - _SAME:
            return []  # _faster says why it was not chosen
        much = f'{ratio:.1f} times as fast as' if ratio > 1 + _SAME else 'as fast as'
        return [f'That is {much} {other.title}, p95 {other.p95_ms:.1f} ms.']

    def _faster(self, best: Trial, good: Sequence[Trial]) -> list[str]:
        """Name the fastest way if it was not chosen."""
        first = good[0]
        if first is best:
            return []
        said = f'{first.title} is faster, p95 {first.p95_ms:.1f} ms, but only '
        said += f'{self.agreement(first)} agree; --max-drop {_rounded_up(self.drop(first)):g} '
        return [f'{said}would take it.']

    def _nothing_within(self) -> str:
        return (
            f'No way that was measured agrees with {self.reference.name} within --max-drop '
            f'{self.request.max_drop:g}; this one agrees best.'
        )


def _rounded_up(percent: float) -> float:
    return -(-round(percent * 1e3) // 100) / 10
