# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The capture thread."""

import threading
import time

import numpy as np
import pytest

from rpi_classifier.camera.capture_thread import CaptureThread
from rpi_classifier.camera.reopen import Reopener
from rpi_classifier.camera.source import Source
from rpi_classifier.errors import CameraAbsent, CameraBusy, CameraError
from rpi_classifier.latest import Closed, Latest

IMAGE = np.zeros((4, 4, 3), np.uint8)


class FakeSource(Source):
    """Stands for hardware faults: gives some frames, then raises, or waits to be closed."""

    description = 'fake'

    def __init__(self, frames=10**9, error=None):
        super().__init__('lens')
        self.left, self.error, self.closed = frames, error, threading.Event()

    def read(self):
        self.left -= 1
        if self.left < 0:
            raise self.error
        self.closed.wait(0.001)
        return self._make_frame(IMAGE, time.monotonic_ns())

    def close(self):
        self.closed.set()


def telling(told):
    """Return callbacks that note what they are told: (streaming, description or reason)."""
    return {
        'on_streaming': lambda source: told.append((True, source.description)),
        'on_failure': lambda reason: told.append((False, reason)),
    }


@pytest.fixture
def capture():
    """Return a starter of capture threads that are stopped at the end."""
    started = []

    def start(*sources, **callbacks):
        remaining = list(sources)

        def open_source(known, interrupt):
            source = remaining.pop(0) if len(remaining) > 1 else remaining[0]
            if isinstance(source, Exception):
                raise source
            return source

        thread = CaptureThread(Reopener(open_source, (0.001, 0.002)), **callbacks)
        mailbox = Latest()
        thread.attach(mailbox)
        thread.start()
        started.append(thread)
        return thread, mailbox

    yield start
    for thread in started:
        assert thread.stop()


def wait_for_frames(thread, mailbox, count):
    while thread.stats.frames < count:
        mailbox.get(5)


def test_the_frames_of_the_source_are_handed_over_in_order(capture):
    _, mailbox = capture(FakeSource())
    first, second = mailbox.get(5), mailbox.get(5)
    assert first.image is IMAGE
    assert first.frame_id == 'lens'
    assert second.taken_ns > first.taken_ns


def test_source_is_closed_by_stop(capture):
    source = FakeSource()
    thread, mailbox = capture(source)
    mailbox.get(5)
    assert thread.stop()
    assert source.closed.is_set()


def test_stop_before_start_does_no_harm():
    assert CaptureThread(Reopener(lambda *_: FakeSource(), (1.0, 1.0))).stop()


def test_failing_source_is_closed_and_opened_again(capture):
    first = FakeSource(2, CameraError('cable'))
    thread, mailbox = capture(first, FakeSource())
    wait_for_frames(thread, mailbox, 4)
    assert first.closed.is_set()
    assert thread.stats.opened == 2


def test_changes_are_told_once_each(capture):
    told, missing = [], CameraError('absent')
    thread, mailbox = capture(
        missing,
        missing,
        missing,
        FakeSource(3, CameraError('cable')),
        FakeSource(),
        **telling(told),
    )
    wait_for_frames(thread, mailbox, 5)
    assert told == [(False, 'absent'), (True, 'fake'), (False, 'cable'), (True, 'fake')]
    assert thread.stats.streaming


def test_another_kind_of_fault_is_told_but_not_another_sentence_for_the_same(capture):
    told = []
    _, mailbox = capture(
        CameraAbsent('it is gone'),
        CameraAbsent('it does not exist'),
        CameraBusy('in use'),
        FakeSource(),
        **telling(told),
    )
    mailbox.get(5)
    assert told == [(False, 'it is gone'), (False, 'in use'), (True, 'fake')]


def test_failures_after_stop_are_not_told(capture):
    told = []
    thread, mailbox = capture(FakeSource(), **telling(told))
    mailbox.get(5)
    thread.stop()
    assert told == [(True, 'fake')]


@pytest.mark.filterwarnings('ignore::pytest.PytestUnhandledThreadExceptionWarning')
def test_an_unexpected_exception_reaches_the_consumer_and_the_owner(capture):
    error, owners = ZeroDivisionError('bug'), Latest()
    _, mailbox = capture(FakeSource(0, error), on_death=owners.close)
    for waiting in (mailbox, owners):
        with pytest.raises(Closed) as caught:
            waiting.get(5)
        assert caught.value.__cause__ is error


def test_detached_mailbox_gets_nothing_more(capture):
    thread, mailbox = capture(FakeSource())
    other = Latest()
    thread.attach(other)
    thread.detach(mailbox)
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


def test_a_mailbox_that_is_attached_twice_gets_each_frame_once(capture):
    thread, mailbox = capture(FakeSource())
    thread.attach(mailbox)
    thread.detach(mailbox)
    other = Latest()
    thread.attach(other)
    other.get(5)
    other.get(5)
    skipped = mailbox.skipped
    other.get(5)
    assert mailbox.skipped == skipped
