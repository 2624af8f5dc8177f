# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Rates and latencies."""

import math

import pytest

from rpi_classifier.stats import Latency, percentile, Rate, Stages

MS = 1_000_000


def test_percentiles_are_of_nearest_rank_and_nan_of_nothing():
    values = range(100, -1, -1)
    assert [percentile(values, percent) for percent in (0, 50, 95, 100)] == [0, 50, 95, 100]
    assert math.isnan(percentile([], 50))


def test_rate_of_a_steady_beat():
    rate = Rate()
    for beat in range(31):
        rate.tick(beat * 20 * MS)
    assert rate.hz(30 * 20 * MS) == pytest.approx(50)
    assert rate.total == 31


def test_rate_without_events_is_zero():
    assert Rate().hz(0) == 0.0


def test_rate_of_simultaneous_events_is_finite():
    rate = Rate()
    rate.tick(5)
    rate.tick(5)
    assert math.isfinite(rate.hz(5))


def test_rate_falls_when_events_stop_and_ends_at_zero():
    rate = Rate(window_s=2.0)
    for beat in range(51):
        rate.tick(beat * 20 * MS)
    last = 50 * 20 * MS
    assert rate.hz(last + 500 * MS) < 40
    assert rate.hz(last + 2001 * MS) == 0.0
    assert rate.total == 51


def test_latency_percentiles_are_in_milliseconds():
    latency = Latency()
    for value in range(101):
        latency.add(value * MS)
    summary = latency.summary()
    assert (summary.p50, summary.p95, summary.maximum) == (50.0, 95.0, 100.0)


def test_latency_forgets_beyond_its_window():
    latency = Latency(size=10)
    latency.add(1000 * MS)
    for _ in range(10):
        latency.add(MS)
    assert latency.summary().maximum == 1.0


def test_latency_without_values_is_not_a_number():
    assert math.isnan(Latency().summary().p50)


def test_stages_are_kept_apart():
    stages = Stages('infer', 'publish')
    stages.add(infer=3 * MS, publish=MS)
    stages.add(infer=5 * MS, publish=MS)
    assert stages['infer'].maximum == 5.0
    assert stages.summaries()['publish'].maximum == 1.0
    with pytest.raises(KeyError):
        stages.add(unknown=1)
