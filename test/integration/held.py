# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a process holds, for the programs beside this file that watch whether it grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psutil

GROWTH_MB = 24.0  # less than two scripted networks


@dataclass(frozen=True)
class Held:
    """What a process holds while it classifies."""

    rss_mb: float
    threads: int
    descriptors: int


def sample(process: psutil.Process) -> Held:
    """Return what a process holds now."""
    with process.oneshot():
        rss_mb = process.memory_info().rss / 2**20
        return Held(rss_mb, process.num_threads(), process.num_fds())


def find_growth(samples: Sequence[Held]) -> list[str]:
    """
    Compare the last sample with the one after a fifth of them, at least one.

    :returns: a sentence for each thing that there is more of.
    """
    settled, last = samples[max(1, len(samples) // 5)], samples[-1]
    found = []
    if last.rss_mb - settled.rss_mb > GROWTH_MB:
        found.append(f'it grew from {settled.rss_mb:.1f} to {last.rss_mb:.1f} MB')
    for name in ('threads', 'descriptors'):
        before, after = getattr(settled, name), getattr(last, name)
        if after > before:
            found.append(f'it has {after} {name}, {before} before')
    return found
