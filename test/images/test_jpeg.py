# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A JPEG tells its size, its scans and its end without being decoded."""

import pytest
from support.pictures import many_scans, saved

from rpi_classifier.images.jpeg import JpegOutline, read_jpeg_outline


def outline(data):
    return read_jpeg_outline(memoryview(data))


def with_segment(data, marker, content):
    """Return a JPEG with a segment of its own behind the signature."""
    return (
        data[:2]
        + bytes([0xFF, marker])
        + (len(content) + 2).to_bytes(2, 'big')
        + content
        + data[2:]
    )


@pytest.mark.parametrize(
    ('options', 'scans'),
    [({}, 1), ({'progressive': True}, 10), ({'restart_marker_blocks': 1}, 1), ({'mode': 'L'}, 1)],
)
def test_size_scans_and_end_are_found(options, scans):
    assert outline(saved('JPEG', **options)) == JpegOutline(52, 40, scans, True)


PADDING = {
    'zeros': bytes(63),
    'a kilobyte of zeros': bytes(1024),
    'ones': b'\xff' * 511,
    'one byte': b'\0',
    'text': b'\r\n--boundary\r\n',
    'another picture': saved('JPEG'),
    'the end of another picture': saved('JPEG')[300:],
    'half a megabyte': bytes(range(256)) * 2048,
}


@pytest.mark.parametrize('padding', PADDING.values(), ids=PADDING)
@pytest.mark.parametrize('progressive', [False, True])
def test_whole_jpeg_has_an_end_whatever_follows_it(padding, progressive):
    assert outline(saved('JPEG', progressive=progressive) + padding).complete


@pytest.mark.parametrize('padding', [b'', bytes(4096), b'\xff' * 4096], ids=['', '00', 'ff'])
@pytest.mark.parametrize('progressive', [False, True])
def test_jpeg_cut_off_anywhere_has_no_end(padding, progressive):
    data = saved('JPEG', progressive=progressive, restart_marker_blocks=2)
    assert not any(outline(data[:at] + padding).complete for at in range(2, len(data) - 1))


def test_jpeg_cut_off_in_a_scan_does_not_end_with_the_picture_behind_it():
    data = saved('JPEG')
    scan = data.index(b'\xff\xda') + 14
    assert not any(outline(data[:at] + data).complete for at in range(scan, len(data) - 1))


@pytest.mark.parametrize('marker', [0xE1, 0xE2, 0xFE])
def test_end_of_a_thumbnail_is_not_the_end_of_the_picture(marker):
    data = with_segment(saved('JPEG'), marker, b'Exif\0\0' + saved('JPEG'))
    assert outline(data) == JpegOutline(52, 40, 1, True)
    assert not outline(data[:-2]).complete


def test_fill_bytes_and_garbage_between_segments_are_skipped():
    data = saved('JPEG')
    assert outline(data[:2] + b'\xff' * 9 + data[2:]) == outline(data)
    assert outline(data[:2] + b'garbage\xff\0' + data[2:]) == outline(data)


def test_every_scan_is_counted():
    assert outline(many_scans(saved('JPEG', progressive=True), 5990)).scans == 6000


@pytest.mark.parametrize(
    'data',
    [
        b'\xff\xd8' + b'\xff\x01' * 20_000,
        b'\xff\xd8' + b'\xff\xe0\0\2' * 20_000 + b'\xff\xd9',
        b'\xff\xd8' + b'\xff' * 1_000_000,
        b'\xff\xd8\xff\xda\0\2' + b'\xff\0' * 500_000,
        b'\xff\xd8\xff\xe0\0\0',
        b'\xff\xd8\xff\xe0\0',
        b'\xff\xd8\xff\xd9',
        b'\xff\xd8',
    ],
    ids=['markers', 'segments', 'ones', 'stuffing', 'length', 'half a length', 'no scan', 'none'],
)
def test_nonsense_has_no_end(data):
    assert not outline(data).complete
