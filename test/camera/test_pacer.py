# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Pacing of files."""

import pytest

from rpi_classifier.camera import pacer
from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.pacer import Pacer


def test_pacer_waits_out_the_period_and_does_not_make_up_for_missed_beats(monkeypatch):
    now, waits = [100.0], []
    monkeypatch.setattr(pacer.time, 'monotonic', lambda: now[0])
    interrupt = Interrupt()

    def wait(seconds):
        waits.append(seconds)
        now[0] += seconds

    interrupt.wait = wait
    beat = Pacer(10.0, interrupt)
    beat.wait()
    now[0] += 0.03
    beat.wait()
    now[0] += 5.0
    beat.wait()
    beat.wait()
    assert waits == pytest.approx([0.0, 0.07, 0.0, 0.1])


def test_interrupt_ends_a_long_wait():
    interrupt = Interrupt()
    interrupt.set()
    beat = Pacer(1e-6, interrupt)
    beat.wait()
    beat.wait()
