# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Rates, streams and latencies."""

import math

import numpy as np
import pytest

from rpi_classifier.frame import Frame
from rpi_classifier.stats import percentile, Rate, ResultStats, Stages, StreamStats

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


def frame_at(taken_ms, stamp_source='driver'):
    image = np.zeros((4, 4, 3), np.uint8)
    return Frame(image, 'lens', 0, taken_ms * MS, stamp_source)


def test_gaps_between_stamps_are_counted_as_dropped_frames():
    stats = StreamStats()
    stats.note(frame_at(1000), 10.0)
    stats.note_streaming('fake')
    for taken_ms in (1100, 1410, 1500, 1590):
        stats.note(frame_at(taken_ms), 10.0)
    assert (stats.frames, stats.dropped) == (5, 2)


def test_the_gap_between_two_streams_drops_no_frame():
    stats = StreamStats()
    stats.note(frame_at(1000), 10.0)
    stats.note_streaming('fake')
    stats.note_failure('cable')
    stats.note(frame_at(9000, 'read'), 10.0)
    stats.note_streaming('fake')
    assert stats.dropped == 0
    assert (stats.last_ns, stats.stamp_source) == (9000 * MS, 'read')


def test_a_stream_says_what_it_is_or_why_it_is_none():
    stats = StreamStats()
    assert (stats.streaming, stats.message) == (False, 'not opened yet')
    stats.note_streaming('fake')
    assert (stats.streaming, stats.message) == (True, 'fake')
    assert stats.since_ns > 0
    stats.note_failure('cable')
    assert (stats.streaming, stats.message) == (False, 'cable')


def test_recent_events_are_those_of_the_window():
    rate = Rate(window_s=1.0)
    for second in (1, 2, 3):
        rate.tick(second * 1000 * MS)
    assert rate.recent(3001 * MS) == 1
    assert rate.recent(4001 * MS) == 0
    assert rate.total == 3


def test_percentiles_of_a_stage_are_in_milliseconds():
    stages = Stages('infer')
    for value in range(101):
        stages.add(infer=value * MS)
    summary = stages['infer']
    assert (summary.p50, summary.p95, summary.maximum) == (50.0, 95.0, 100.0)


def test_a_stage_forgets_beyond_its_window():
    stages = Stages('infer', size=10)
    stages.add(infer=1000 * MS)
    for _ in range(10):
        stages.add(infer=MS)
    assert stages['infer'].maximum == 1.0


def test_a_stage_without_values_is_not_a_number():
    assert math.isnan(Stages('infer')['infer'].p50)


def test_stages_are_kept_apart():
    stages = Stages('infer', 'publish')
    stages.add(infer=3 * MS, publish=MS)
    stages.add(infer=5 * MS, publish=MS)
    assert stages['infer'].maximum == 5.0
    assert stages.summaries()['publish'].maximum == 1.0
    with pytest.raises(KeyError):
        stages.add(unknown=1)


def test_result_stats_tell_where_the_time_of_a_frame_went(monkeypatch):
    monkeypatch.setattr('rpi_classifier.stats.time.monotonic_ns', lambda: 100 * MS)
    stats = ResultStats()
    assert stats.newest is None
    stats.note(
        'cat', taken_ns=50 * MS, waited_ns=7 * MS, started_ns=60 * MS, infer_ns=20 * MS,
        inferred_ns=90 * MS,
    )  # fmt: skip
    times = {stage: summary.p50 for stage, summary in stats.stages.summaries().items()}
    assert times == {
        'receive': 3, 'wait': 7, 'preprocess': 10, 'infer': 20, 'publish': 10, 'work': 40,
        'end_to_end': 50,
    }  # fmt: skip
    assert (stats.newest, stats.last_ns, stats.rate.total) == ('cat', 100 * MS, 1)
