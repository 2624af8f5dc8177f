# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A stall is logged when it begins, when its cause changes, ever more rarely, and at its end."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier.nodes.classifier.health import Stall
from rpi_classifier.nodes.classifier.stall_log import StallLog

S = 10**9


class Log:
    def __init__(self):
        self.lines = []

    def warning(self, message):
        self.lines.append(message)

    info = warning


def stall(seconds, reason='on /image, which has 0 publishers'):
    return Stall(f'no image for {seconds:.1f} s {reason}', float(seconds), reason)


def test_a_lasting_stall_is_logged_at_growing_intervals_and_its_end_once():
    log = Log()
    told = StallLog(log)
    for second in range(200):
        told.note(stall(second), second * S)
    seconds = [int(float(line.split()[3])) for line in log.lines]
    assert seconds == [0, 10, 30, 70, 150]
    told.note_results()
    told.note_results()
    assert log.lines[5:] == ['images are classified again, after 199 s']


def test_another_cause_is_logged_soon_and_causes_that_alternate_are_bounded():
    log = Log()
    told = StallLog(log)
    for second in range(100):
        told.note(stall(second, 'x' if second % 2 else 'y'), second * S)
    assert 5 <= len(log.lines) <= 10
    told.note(stall(110, 'z'), 110 * S)
    assert log.lines[-1] == 'no image for 110.0 s z'


def test_stalls_that_come_and_go_are_bounded():
    log = Log()
    told = StallLog(log)
    for second in range(60):
        told.note(stall(2) if second % 2 else None, second * S)
        told.note_results()
    assert len(log.lines) == 12
