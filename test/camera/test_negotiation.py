# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Choosing a format to request, and describing how the actual mode differs."""

import pytest

from rpi_classifier.camera.negotiation import candidates, difference, Mode
from rpi_classifier.camera.v4l2 import Format, Size


def offered(**formats):
    """Return formats: {fourcc: {(width, height): rate}}."""
    return [
        Format(name, name, tuple(Size(*size, (rate,)) for size, rate in sizes.items()))
        for name, sizes in formats.items()
    ]


WEBCAM = offered(
    MJPG={(640, 480): 30.0, (1280, 720): 30.0},
    YUYV={(640, 480): 30.0, (1280, 720): 10.0},
    H264={(1280, 720): 30.0},
)


@pytest.mark.parametrize(
    ('requested', 'first'),
    [
        (Mode('auto', 640, 480, 30.0), 'YUYV'),
        (Mode('auto', 1280, 720, 30.0), 'MJPG'),
        (Mode('auto', 1280, 720, 10.0), 'YUYV'),
        (Mode('auto', 1280, 720, 60.0), 'MJPG'),
        (Mode('MJPG', 640, 480, 30.0), 'MJPG'),
        (Mode('YUYV', 1280, 720, 30.0), 'YUYV'),
        (Mode('H264', 1280, 720, 30.0), 'MJPG'),
        (Mode('auto', 1200, 700, 30.0), 'MJPG'),
    ],
)
def test_raw_is_preferred_unless_only_a_compressed_one_reaches_the_rate(requested, first):
    names = candidates(requested, WEBCAM)
    assert names[0] == first
    assert set(names) == {'YUYV', 'MJPG'}


def test_sizes_given_as_a_range_count():
    sizes = (Size(1920, 1080, (30.0,), smallest=(32, 32), step=(2, 2)),)
    formats = [Format('YUYV', '', (Size(320, 240, (15.0,)),)), Format('MJPG', '', sizes)]
    assert candidates(Mode('auto', 224, 224, 30.0), formats)[0] == 'MJPG'


def test_a_driver_that_lists_nothing_is_asked_for_everything_usable():
    assert candidates(Mode('auto', 640, 480, 30.0), [])[:2] == ['YUYV', 'UYVY']
    assert candidates(Mode('MJPG', 640, 480, 30.0), [])[0] == 'MJPG'


@pytest.mark.parametrize(
    ('actual', 'words'),
    [
        (Mode('YUYV', 640, 480, 30.0), ''),
        (Mode('YUYV', 640, 480, 29.97), ''),
        (Mode('YUYV', 320, 180, 30.0), '320x180 instead of 640x480'),
        (Mode('YUYV', 640, 480, 25.0), '25 fps instead of 30'),
        (Mode('YUYV', 320, 240, 60.0), '320x240 instead of 640x480, 60 fps instead of 30'),
    ],
)
def test_difference_names_what_was_given_and_what_was_asked_for(actual, words):
    assert difference(Mode('auto', 640, 480, 30.0), actual) == words


def test_another_format_is_a_difference_only_if_one_was_asked_for():
    actual = Mode('GREY', 640, 480, 30.0)
    assert difference(Mode('MJPG', 640, 480, 30.0), actual) == 'GREY instead of MJPG'
    assert str(actual) == '640x480 GREY at 30 fps'
