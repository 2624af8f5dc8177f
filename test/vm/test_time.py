# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Frames are fresh, and carry the driver's time of capture."""

import itertools
import statistics
import time


def test_a_slow_consumer_gets_the_newest_frame(watch):
    capture = watch(fps=10.0)
    capture.next()
    behind, ages = [], []
    for _ in range(6):
        time.sleep(0.5)
        frame = capture.box.get(10.0)
        now_ns = time.monotonic_ns()
        behind.append(capture.stats.last_ns - frame.taken_ns)
        ages.append(now_ns - frame.taken_ns)
    period_ns = 1e9 / capture.source.rate_hz
    assert statistics.median(behind) < period_ns
    assert statistics.median(ages) < 2 * period_ns
    assert capture.box.skipped > 6


def test_stamps_are_the_drivers_and_a_period_apart(watch):
    capture = watch(fps=10.0)
    stamps = [capture.next().taken_ns for _ in range(12)]
    gaps = [later - sooner for sooner, later in itertools.pairwise(stamps)]
    assert capture.stats.stamp_source == 'driver'
    assert min(gaps) > 0
    period_ns = 1e9 / capture.source.rate_hz
    assert abs(statistics.median(gaps) - period_ns) < period_ns / 10
    assert all(stamp < time.monotonic_ns() for stamp in stamps)


def test_a_step_of_the_clock_moves_stamps_but_no_interval(vivid, watch):
    capture = watch(fps=10.0)
    before, offset = capture.next(), time.time_ns() - time.monotonic_ns()
    assert abs(before.stamp_ns - before.taken_ns - offset) < 50_000_000
    try:
        for step_s in (3600, -7200, 0.25):
            time.clock_settime(time.CLOCK_REALTIME, time.time() + step_s)
            first, second = capture.next(), capture.next()
            offset = time.time_ns() - time.monotonic_ns()
            assert abs(first.stamp_ns - first.taken_ns - offset) < 50_000_000
            on_the_nodes_clock = second.stamp_ns - first.stamp_ns
            on_the_drivers_clock = second.taken_ns - first.taken_ns
            assert abs(on_the_nodes_clock - on_the_drivers_clock) < 50_000_000
    finally:
        time.clock_settime(time.CLOCK_REALTIME, time.time() + 3600 - 0.25)
    assert capture.states() == [True]


def test_stamps_that_cannot_be_are_replaced_by_the_time_of_the_read(vivid, watch):
    vivid.press('wrap_timestamp', 1)
    capture = watch(fps=10.0)
    frame = capture.next()
    assert frame.stamp_source == 'read'
    assert time.monotonic_ns() - frame.taken_ns < 10**10
