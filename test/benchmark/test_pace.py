# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The pace of frames, and what a measurement counts."""

import time

import numpy as np

from rpi_classifier.benchmark.frames import measure_frames, memory_mb
from rpi_classifier.benchmark.pace import evicting_bytes, Interval, Pace
from rpi_classifier.benchmark.rows import STAGES
from rpi_classifier.cpu import last_level_cache_bytes
from rpi_classifier.inference.classifier import Result


def classify(image):
    """Stand for a classifier that needs no time."""
    return Result((), 0, 0, np.zeros(1, np.float32))


def test_frames_of_a_camera_are_not_faster_than_it():
    image = np.zeros((2, 2, 3), np.uint8)
    measured = measure_frames(lambda: image, classify, Pace(0.1, fps=100.0, evict_bytes=1 << 20))
    frames = len(measured['samples']['model'])
    assert 2 <= frames <= measured['wall_s'] * 100 + 1
    assert set(measured['samples']) == set(STAGES)


def test_walking_through_memory_does_not_count_as_work_of_the_frame():
    interval = Interval(Pace(1.0, fps=1000.0, evict_bytes=64 << 20))
    before = time.process_time_ns()
    for _ in range(3):
        interval.spend()
    spent = time.process_time_ns() - before
    assert 0 < interval.cpu_ns <= spent


def test_frames_back_to_back_do_not_wait():
    interval = Interval(Pace(1.0))
    interval.spend()
    assert interval.cpu_ns == 0


def test_memory_to_walk_through_is_larger_than_the_caches():
    assert evicting_bytes() > min(last_level_cache_bytes(), 100 << 20)


def test_memory_now_is_at_most_that_of_the_worst_moment():
    assert 0 < memory_mb('VmRSS') <= memory_mb('VmHWM')
