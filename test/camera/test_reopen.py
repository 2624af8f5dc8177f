# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Opening a source again after it failed."""

import pytest

from rpi_classifier.camera import reopen
from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.reopen import Reopener
from rpi_classifier.camera.source import Source
from rpi_classifier.camera.v4l2 import Capability
from rpi_classifier.errors import CameraError

FRONT = Capability('uvcvideo', 'Front', 'usb-1.2', True, 1)


class Waits(Interrupt):
    """Notes how long each wait should be, and does not wait."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def wait(self, timeout=None):
        self.seconds.append(timeout)
        return False


def fail(known, interrupt):
    raise CameraError('absent')


def test_pause_doubles_up_to_the_longest_while_nothing_opens():
    reopener, waits = Reopener(fail, (0.5, 5.0)), Waits()
    for _ in range(6):
        with pytest.raises(CameraError, match='absent'):
            reopener.open(waits)
        reopener.pause(waits)
    assert waits.seconds == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_pause_is_short_again_after_a_source_was_open_for_long_or_a_reset(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(reopen.time, 'monotonic', lambda: now[0])
    reopener, waits = Reopener(lambda *_: Source('lens'), (0.5, 5.0)), Waits()
    for open_s in (1.0, 1.0, 6.0):
        reopener.open(waits)
        now[0] += open_s
        reopener.pause(waits)
    reopener.pause(waits)
    reopener.reset()
    reopener.open(waits)
    reopener.pause(waits)
    assert waits.seconds == [0.5, 1.0, 0.5, 0.5, 0.5]


def test_interrupt_ends_a_pause():
    interrupt = Interrupt()
    interrupt.set()
    Reopener(fail, (3600.0, 3600.0)).pause(interrupt)


def test_the_device_is_remembered_after_failures_and_a_reset():
    given, answers = [], [Source('lens'), CameraError('gone'), CameraError('gone')]
    answers[0].known = FRONT

    def open_source(known, interrupt):
        given.append(known)
        answer = answers.pop(0)
        if isinstance(answer, CameraError):
            raise answer
        return answer

    reopener, interrupt = Reopener(open_source, (0.5, 5.0)), Interrupt()
    reopener.open(interrupt)
    with pytest.raises(CameraError):
        reopener.open(interrupt)
    reopener.reset()
    with pytest.raises(CameraError):
        reopener.open(interrupt)
    assert given == [None, FRONT, FRONT]
