# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The time of a network, by a clock that the test moves."""

import pytest

from rpi_classifier.runtime import run_times
from rpi_classifier.runtime.run_times import fastest_ns, paced_ns

MS = 1_000_000


@pytest.fixture
def runs(monkeypatch):
    """Return what makes a run of given times in ms, and the pauses in seconds between runs."""
    now_ns, pauses_s = [0], []
    monkeypatch.setattr(run_times.time, 'monotonic_ns', lambda: now_ns[0])
    monkeypatch.setattr(run_times.time, 'sleep', pauses_s.append)

    def taking(*times_ms):
        left = list(times_ms)

        def run():
            now_ns[0] += left.pop(0) * MS

        return run, left

    return taking, pauses_s


def test_runs_at_a_cameras_pace_have_idle_time_between_them(runs):
    taking, pauses_s = runs
    run, _ = taking(5, 90, 7, 6, 8)
    assert paced_ns(run) == 7 * MS
    assert pauses_s == [0.033, 0.028, 0.0, 0.026, 0.027]


def test_fastest_run_counts_where_nothing_pauses(runs):
    taking, pauses_s = runs
    run, _ = taking(5, 90, 7, 4, 8)
    assert fastest_ns(run) == 4 * MS
    assert pauses_s == []


def test_slow_network_is_not_run_again_and_again(runs):
    taking, _ = runs
    run, left = taking(150, 160, 1, 1, 1)
    assert fastest_ns(run) == 150 * MS
    assert len(left) == 3
