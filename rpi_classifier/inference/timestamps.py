# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Refuses images whose time stamps cannot be right, or are too old to act on."""

from __future__ import annotations

from rpi_classifier.errors import ImageError


class TimestampFilter:
    """Compares each stamp with the clock and with the stamp before."""

    def __init__(self) -> None:
        """Begin without a past."""
        self._newest_ns = 0
        self._refused_ns: int | None = None

    def check(self, stamp_ns: int, now_ns: int, max_age_s: float, max_ahead_s: float) -> None:
        """
        Accept a stamp or refuse it.

        A stamp that goes back is refused once; if the next one goes on from there, it was the
        clock that went back, and the new time counts.

        :param stamp_ns: nanoseconds, on the clock of ``now_ns``.
        :param max_age_s: oldest age in seconds; 0: any.
        :param max_ahead_s: farthest time in the future in seconds; 0: any.
        :raises ImageError: with the reason ``stamp ahead``, ``stamp too old`` or ``stamp back``.
        """
        age_s = (now_ns - stamp_ns) / 1e9
        if max_ahead_s and age_s < -max_ahead_s:
            raise ImageError(
                f'its stamp is {-age_s:.3f} s in the future, more than max_ahead, '
                f'{max_ahead_s:g} s; synchronize the clocks of both machines, and with '
                'use_sim_time see that /clock runs',
                'stamp ahead',
            )
        if max_age_s and age_s > max_age_s:
            raise ImageError(
                f'its stamp is {age_s:.3f} s old, more than max_age, {max_age_s:g} s; '
                'synchronize the clocks of both machines or find what delays the images',
                'stamp too old',
            )
        goes_on = self._refused_ns is not None and stamp_ns >= self._refused_ns
        if stamp_ns < self._newest_ns and not goes_on:
            behind_s = (self._newest_ns - stamp_ns) / 1e9
            self._refused_ns = stamp_ns
            raise ImageError(
                f'its stamp is {behind_s:.3f} s before that of the image before; '
                'let one camera only publish on this topic',
                'stamp back',
            )
        self._newest_ns, self._refused_ns = stamp_ns, None
