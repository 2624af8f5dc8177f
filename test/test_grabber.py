# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""The capture thread."""

import threading

import numpy as np
import pytest

from rpi_classifier.errors import CameraError
from rpi_classifier.grabber import Grabber
from rpi_classifier.latest import Closed, Latest

IMAGE = np.zeros((4, 4, 3), np.uint8)


class FakeSource:
    """Stands for hardware faults: gives some frames, then raises, or waits to be closed."""

    description = 'fake'

    def __init__(self, frames=10**9, error=None):
        self.left, self.error, self.closed = frames, error, threading.Event()

    def read(self):
        self.left -= 1
        if self.left < 0:
            raise self.error
        self.closed.wait(0.001)
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
    _, mailbox = grab(FakeSource(), now_ns=lambda: 42)
    first, second = mailbox.get(5), mailbox.get(5)
    assert second.sequence > first.sequence > 0
    assert second.monotonic_ns > first.monotonic_ns
    assert first.stamp_ns == 42


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
