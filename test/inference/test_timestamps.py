# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Time stamps that cannot be right, or are too old."""

import pytest

from rpi_classifier.errors import ImageError
from rpi_classifier.inference.timestamps import TimestampFilter

S = 10**9
NOW = 1000 * S


def check(stamps, stamp_s, max_age=0.0, max_ahead=1.0, now_ns=NOW):
    """Return why a stamp was rejected, or None."""
    try:
        stamps.check(int(stamp_s * S), now_ns, max_age, max_ahead)
    except ImageError as error:
        return error.reason
    return None


@pytest.mark.parametrize(
    ('stamp_s', 'limits', 'reason'),
    [
        (1000.9, {}, None),
        (1001.1, {}, 'stamp ahead'),
        (1001.1, {'max_ahead': 0.0}, None),
        (0, {}, None),
        (999.6, {'max_age': 0.5}, None),
        (999.4, {'max_age': 0.5}, 'stamp too old'),
        (0, {'max_age': 0.5}, 'stamp too old'),
    ],
)
def test_stamps_are_held_against_the_clock(stamp_s, limits, reason):
    assert check(TimestampFilter(), stamp_s, **limits) == reason


def test_image_that_overtook_another_is_refused_and_the_stream_goes_on():
    stamps = TimestampFilter()
    assert [check(stamps, s) for s in (10.0, 10.2, 10.1, 10.3)] == [None, None, 'stamp back', None]


def test_equal_stamps_and_none_at_all_are_accepted():
    stamps = TimestampFilter()
    assert [check(stamps, s) for s in (0, 0, 10.0, 10.0)] == [None] * 4


def test_clock_that_was_set_back_costs_one_image():
    stamps = TimestampFilter()
    assert [check(stamps, s) for s in (500.0, 100.0, 100.1, 100.2)] == [
        None,
        'stamp back',
        None,
        None,
    ]


def test_stream_that_loses_its_stamps_costs_one_image():
    stamps = TimestampFilter()
    assert [check(stamps, s) for s in (500.0, 0, 0)] == [None, 'stamp back', None]


def test_two_cameras_on_one_topic_do_not_both_get_through():
    stamps = TimestampFilter()
    reasons = [check(stamps, s) for s in (10.0, 5.0, 10.1, 5.1, 10.2, 5.2)]
    assert reasons == [None, 'stamp back'] * 3


def test_clock_that_goes_back_begins_anew_and_an_image_from_before_is_refused_as_such():
    stamps = TimestampFilter()
    assert check(stamps, 999.9) is None
    assert check(stamps, 999.95, now_ns=5 * S) == 'clock back'
    assert [check(stamps, s, max_age=1.0, now_ns=5 * S) for s in (4.9, 5.0)] == [None, None]
    assert check(stamps, 1500.0, now_ns=5 * S) == 'stamp ahead'


def test_an_image_from_after_the_last_check_of_a_clock_that_goes_back_is_known_as_such():
    stamps = TimestampFilter()
    assert check(stamps, 999.9) is None
    reasons = [check(stamps, s, now_ns=998 * S) for s in (1000.04, 1000.99, 1001.01)]
    assert reasons == ['clock back', 'clock back', 'stamp ahead']


def test_an_image_without_a_stamp_has_no_age_that_max_age_could_judge():
    with pytest.raises(ImageError, match='it has no stamp, and max_age, 0.5 s'):
        TimestampFilter().check(0, NOW, 0.5, 1.0)
    assert check(TimestampFilter(), 0, max_age=0.5, now_ns=0) is None


def test_a_clock_that_stands_still_refuses_no_equal_stamps():
    stamps = TimestampFilter()
    assert [check(stamps, 1000.0, max_age=0.001) for _ in range(3)] == [None] * 3
