# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Frames are stamped by two clocks that are read at one moment."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

from rpi_classifier.camera.open import open_source
from rpi_classifier.camera.source import Source
from rpi_classifier.config import CameraConfig

IMAGE = np.zeros((4, 4, 3), np.uint8)


class SteppedClock:
    """Runs as time.monotonic_ns, with an offset that can be changed."""

    offset_ns = 0
    ros_time_is_active = False

    def now(self):
        return SimpleNamespace(nanoseconds=time.monotonic_ns() + self.offset_ns)


class AgedSource(Source):
    """Gives frames of a certain age."""

    age_ns = 0

    def read(self):
        return self._make_frame(IMAGE, time.monotonic_ns() - self.age_ns)


@pytest.fixture
def clock():
    return SteppedClock()


@pytest.fixture
def source(clock):
    return AgedSource('lens', clock)


def test_frames_are_stamped_with_both_clocks(source, clock):
    clock.offset_ns = 10**18
    first, second = source.read(), source.read()
    assert second.taken_ns > first.taken_ns
    assert first.stamp_ns - first.taken_ns == pytest.approx(10**18, abs=10**9)
    assert first.frame_id == 'lens'


def test_a_step_of_the_owners_clock_moves_the_next_stamp_by_the_step(source, clock):
    source.read()
    clock.offset_ns = 10**15
    frame = source.read()
    assert frame.stamp_ns - frame.taken_ns == pytest.approx(10**15, abs=10**9)


def test_age_of_a_frame_is_the_same_on_both_clocks(source):
    source.age_ns = 7 * 10**9
    frame = source.read()
    assert frame.stamp_ns - frame.taken_ns == pytest.approx(0, abs=10**9)
    assert time.monotonic_ns() - frame.taken_ns >= 7 * 10**9


def test_sources_stamp_by_the_clock_of_the_system_unless_given_another(photo_folder, clock):
    config = CameraConfig(device=str(photo_folder), fps=1000, frame_id='lens')
    frame = open_source(config).read()
    assert abs(time.time_ns() - frame.stamp_ns) < 60 * 10**9
    assert (frame.frame_id, frame.stamp_source) == ('lens', 'read')
    frame = open_source(config, clock=clock).read()
    assert abs(time.monotonic_ns() - frame.stamp_ns) < 60 * 10**9


def test_simulated_time_is_taken_as_it_is_whatever_the_real_age(source, clock):
    source.age_ns = 7 * 10**9
    clock.ros_time_is_active = True
    clock.now = lambda: SimpleNamespace(nanoseconds=5)
    first, second = source.read(), source.read()
    assert (first.stamp_ns, second.stamp_ns, first.stamp_source) == (5, 5, 'simulated')
    assert second.taken_ns > first.taken_ns
