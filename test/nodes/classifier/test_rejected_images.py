# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Refused images: counted by reason, logged once per reason and minute."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier.errors import EncodingError, ImageError
from rpi_classifier.nodes.classifier.rejected_images import RejectedImages
from rpi_classifier.nodes.common import status


class Log:
    def __init__(self):
        self.lines = []

    def warning(self, message):
        self.lines.append(message)
        return True


SIZE = ImageError('an image of 0x0 pixels', 'size')
STEP = ImageError('a step of 1', 'step')


S = 10**9


def values(status):
    return {pair.key: pair.value for pair in status.values}


def test_each_reason_is_logged_once_a_minute_with_what_was_left_out():
    log = Log()
    rejected = RejectedImages(log)
    for error, second in ((SIZE, 0), (SIZE, 1), (STEP, 2), (SIZE, 59.9), (SIZE, 60), (STEP, 61)):
        rejected.note(error, int(second * S))
    assert log.lines == [
        'image refused: an image of 0x0 pixels',
        'image refused: a step of 1',
        'image refused: an image of 0x0 pixels (2 more since)',
    ]


def test_diagnostics_count_by_reason_and_warn_only_while_images_are_refused():
    rejected = RejectedImages(Log())
    assert rejected.status('x', 0).level == status.OK
    for error in (SIZE, STEP, SIZE):
        rejected.note(error, 10 * S)
    for _ in range(2):  # asking changes nothing
        found = rejected.status('x', 11 * S)
    assert found.level == status.WARN
    assert '3 images refused just now: an image of 0x0 pixels' in found.message
    expected = {'refused': '3', 'refused: size': '2', 'refused: step': '1'}
    assert expected.items() <= values(found).items()
    assert rejected.status('x', 12 * S).level == status.OK
    assert values(rejected.status('x', 12 * S))['refused'] == '3'


def test_each_encoding_is_logged_once_a_minute_and_their_number_is_bounded():
    log = Log()
    rejected = RejectedImages(log)
    for second in (0, 1, 59):
        for encoding in ('theora', 'h264'):
            rejected.note(EncodingError(f'encoding {encoding}'), second * S)
    assert log.lines == ['image refused: encoding theora', 'image refused: encoding h264']
    for number in range(1000):
        rejected.note(EncodingError(f'encoding {number}'), 59 * S)
    assert len(log.lines) == 16
    rejected.note(EncodingError('encoding theora'), 60 * S)
    rejected.note(EncodingError('encoding new'), 60 * S)
    assert log.lines[-2:] == [
        'image refused: encoding theora (2 more since)',
        'image refused: encoding new',
    ]
    assert values(rejected.status('x', 60 * S))['refused: encoding'] == '1008'


def test_what_others_send_is_shortened_in_log_and_diagnostics():
    log = Log()
    rejected = RejectedImages(log)
    rejected.note(EncodingError('x' * 1_000_000), 0)
    found = rejected.status('x', 0)
    assert max(map(len, (*log.lines, found.message, *values(found).values()))) < 500
