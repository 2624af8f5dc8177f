# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The capture thread."""

import threading
import time

import numpy as np
import pytest

from rpi_classifier.camera.capture_thread import Grabber
from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.source import Source
from rpi_classifier.errors import CameraAbsent, CameraBusy, CameraError
from rpi_classifier.latest import Closed, Latest

IMAGE = np.zeros((4, 4, 3), np.uint8)


class FakeSource(Source):
    """Stands for hardware faults: gives some frames, then raises, or waits to be closed."""

    description = 'fake'
    age_ns = 0

    def __init__(self, frames=10**9, error=None):
        self.left, self.error, self.closed = frames, error, threading.Event()

    def read(self):
        self.left -= 1
        if self.left < 0:
            raise self.error
        self.closed.wait(0.001)
        self.taken_ns = time.monotonic_ns() - self.age_ns
        return IMAGE

    def close(self):
        self.closed.set()


@pytest.fixture
def grab():
    """Return a starter of grabbers that are stopped at the end."""
    started = []

    def start(*sources, **options):
        remaining = list(sources)

        def open_source():
            source = remaining.pop(0) if len(remaining) > 1 else remaining[0]
            if isinstance(source, Exception):
                raise source
            return source

        grabber = Grabber(open_source, retry_s=(0.001, 0.002), **options)
        mailbox = Latest()
        grabber.attach(mailbox)
        grabber.start()
        started.append(grabber)
        return grabber, mailbox

    yield start
    for grabber in started:
        assert grabber.stop()


def test_frames_are_numbered_and_stamped_with_both_clocks(grab):
    _, mailbox = grab(FakeSource(), now_ns=lambda: time.monotonic_ns() + 10**18)
    first, second = mailbox.get(5), mailbox.get(5)
    assert second.sequence > first.sequence > 0
    assert second.monotonic_ns > first.monotonic_ns
    assert first.stamp_ns - first.monotonic_ns == pytest.approx(10**18, abs=10**9)


def test_a_step_of_the_nodes_clock_moves_the_next_stamp_by_the_step(grab):
    step = [0]
    _, mailbox = grab(FakeSource(), now_ns=lambda: time.monotonic_ns() + step[0])
    mailbox.get(5)
    step[0] = 10**15
    mailbox.get(5)  # it may have been on its way
    frame = mailbox.get(5)
    assert frame.stamp_ns - frame.monotonic_ns == pytest.approx(10**15, abs=10**9)


def test_age_of_a_frame_is_the_same_on_both_clocks(grab):
    source = FakeSource()
    source.age_ns = 7 * 10**9
    _, mailbox = grab(source, now_ns=time.monotonic_ns)
    frame = mailbox.get(5)
    assert frame.stamp_ns - frame.monotonic_ns == pytest.approx(0, abs=10**9)
    assert time.monotonic_ns() - frame.monotonic_ns >= 7 * 10**9


def test_gaps_between_stamps_are_counted_as_dropped_frames(grab):
    class Gappy(FakeSource):
        rate_hz = 10.0
        taken_ms = iter([1000, 1100, 1410, 1500, 1590])

        def read(self):
            image = super().read()
            self.taken_ns = next(self.taken_ms) * 10**6
            return image

    grabber, mailbox = grab(Gappy(5, CameraError('end')), CameraError('gone'))
    while mailbox.get(5).sequence < 5:
        pass
    assert grabber.dropped == 2


def test_source_is_closed_by_stop(grab):
    source = FakeSource()
    grabber, mailbox = grab(source)
    mailbox.get(5)
    assert grabber.stop()
    assert source.closed.is_set()


def test_failing_source_is_closed_and_opened_again(grab):
    first = FakeSource(2, CameraError('cable'))
    grabber, mailbox = grab(first, FakeSource())
    while mailbox.get(5).sequence < 4:
        pass
    assert first.closed.is_set()
    assert grabber.opened == 2


def test_changes_are_told_once_each(grab):
    told = []
    missing = CameraError('absent')
    grabber, mailbox = grab(
        missing,
        missing,
        missing,
        FakeSource(3, CameraError('cable')),
        FakeSource(),
        on_change=lambda *change: told.append(change),
    )
    while mailbox.get(5).sequence < 5:
        pass
    assert told == [(False, 'absent'), (True, 'fake'), (False, 'cable'), (True, 'fake')]
    assert grabber.streaming


def test_another_kind_of_fault_is_told_but_not_another_sentence_for_the_same(grab):
    told = []
    _, mailbox = grab(
        CameraAbsent('it is gone'),
        CameraAbsent('it does not exist'),
        CameraBusy('in use'),
        FakeSource(),
        on_change=lambda *change: told.append(change),
    )
    mailbox.get(5)
    assert told == [(False, 'it is gone'), (False, 'in use'), (True, 'fake')]


def test_pause_doubles_up_to_the_longest_while_nothing_flows():
    pauses, interrupt = [], Interrupt()

    def wait(seconds):
        pauses.append(seconds)
        return len(pauses) == 6 and interrupt.set()

    def fail():
        raise CameraError('absent')

    interrupt.wait = wait
    grabber = Grabber(fail, retry_s=(0.5, 5.0), interrupt=interrupt)
    grabber.start()
    grabber._thread.join(10)
    assert pauses == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_failures_after_stop_are_not_told(grab):
    told = []
    grabber, mailbox = grab(FakeSource(), on_change=lambda *change: told.append(change))
    mailbox.get(5)
    grabber.stop()
    assert told == [(True, 'fake')]


@pytest.mark.filterwarnings('ignore::pytest.PytestUnhandledThreadExceptionWarning')
def test_an_unexpected_exception_reaches_the_consumer(grab):
    error = ZeroDivisionError('bug')
    _, mailbox = grab(FakeSource(0, error))
    with pytest.raises(Closed) as caught:
        mailbox.get(5)
    assert caught.value.__cause__ is error


def test_detached_mailbox_gets_nothing_more(grab):
    grabber, mailbox = grab(FakeSource())
    other = Latest()
    grabber.attach(other)
    grabber.detach(mailbox)
    other.get(5)
    other.get(5)
    while True:
        try:
            mailbox.get(0)
        except TimeoutError:
            break
    other.get(5)
    with pytest.raises(TimeoutError):
        mailbox.get(0)
