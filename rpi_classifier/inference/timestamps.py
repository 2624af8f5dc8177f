# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Rejects images whose time stamps cannot be right, or are too old to act on."""

from __future__ import annotations

from rpi_classifier.errors import ImageError


class TimestampFilter:
    """Compares each stamp with the clock and with the stamp before it."""

    def __init__(self) -> None:
        """Start without a previous stamp."""
        self._now_ns = 0  # the clock at the last check
        self._before_ns = 0  # the clock before it was set back last
        self._newest_ns = 0
        self._rejected_ns: int | None = None  # a stamp that went back, if it was the last one

    def check(self, stamp_ns: int, now_ns: int, max_age_s: float, max_ahead_s: float) -> None:
        """
        Accept or reject the stamp of an image.

        If the clock goes back, as where a recording begins anew, the stamps before do not count
        any more, and an image that the former clock would not have found ahead is known as one
        from before. A stamp that goes back though the clock does not is rejected once. If the next
        stamp continues from there, the sender's clock was set back, and the new time counts.

        :param stamp_ns: nanoseconds, on the clock of ``now_ns``.
        :param max_age_s: oldest accepted age in seconds; 0: any age.
        :param max_ahead_s: farthest accepted time in the future in seconds; 0: any time.
        :raises ImageError: with the reason ``clock back``, ``stamp ahead``, ``stamp too old`` or
            ``stamp back``.
        """
        if now_ns < self._now_ns:
            self._before_ns, self._newest_ns, self._rejected_ns = self._now_ns, 0, None
        self._now_ns = now_ns
        ahead_s = (stamp_ns - now_ns) / 1e9
        before_s = (stamp_ns - self._before_ns) / 1e9
        if max_ahead_s and before_s <= max_ahead_s < ahead_s:
            raise ImageError(
                f'its stamp is {ahead_s:.3f} s in the future, because the clock was set back '
                'meanwhile; where a recording or a simulation begins anew, this is normal',
                'clock back',
            )
        if max_age_s and not stamp_ns and now_ns:
            raise ImageError(
                f'it has no stamp, and max_age, {max_age_s:g} s, cannot be judged; let the sender '
                'stamp its images; with use_sim_time, this is normal before /clock is received',
                'stamp too old',
            )
        _check_age(-ahead_s, max_age_s, max_ahead_s)
        continues = self._rejected_ns is not None and stamp_ns >= self._rejected_ns
        if stamp_ns < self._newest_ns and not continues:
            behind_s = (self._newest_ns - stamp_ns) / 1e9
            self._rejected_ns = stamp_ns
            raise ImageError(
                f'its stamp is {behind_s:.3f} s older than that of the previous image; '
                'let only one camera publish on this topic; where a recording begins anew, one '
                'such image is normal',
                'stamp back',
            )
        self._newest_ns, self._rejected_ns = stamp_ns, None


def _check_age(age_s: float, max_age_s: float, max_ahead_s: float) -> None:
    if max_ahead_s and age_s < -max_ahead_s:
        raise ImageError(
            f'its stamp is {-age_s:.3f} s in the future, more than max_ahead, {max_ahead_s:g} s; '
            'synchronize the clocks of both machines, and with use_sim_time check that /clock '
            'is published often enough and that the sender of the images has use_sim_time, too',
            'stamp ahead',
        )
    if max_age_s and age_s > max_age_s:
        raise ImageError(
            f'its stamp is {age_s:.3f} s old, more than max_age, {max_age_s:g} s; '
            'synchronize the clocks of both machines or find what delays the images, and set '
            'use_sim_time for images of a simulation or a recording',
            'stamp too old',
        )
