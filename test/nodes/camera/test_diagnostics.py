# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The statuses of a camera, built from figures."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier.camera.source import Source
from rpi_classifier.config import CameraConfig
from rpi_classifier.nodes.camera.diagnostics import inactive_status, mode_status, stream_status
from rpi_classifier.stats import StreamStats

OK, WARN, ERROR = b'\x00', b'\x01', b'\x02'
CONFIG = CameraConfig(device='/dev/video7', fps=30.0)
SECOND_NS = 10**9
NOW_NS = 1000 * SECOND_NS


def values_of(status):
    return {pair.key: pair.value for pair in status.values}


def streaming(rate_hz=30.0, began_s=10.0, silent_s=0.0):
    """Return the statistics, at ``NOW_NS``, of a stream that began some time ago."""
    stats = StreamStats()
    stats.opened = 1
    for beat in range(int(2 * rate_hz) + 1):
        stats.rate.tick(NOW_NS + int((beat / rate_hz - 2) * SECOND_NS))
    stats.note_streaming('Front on /dev/video7')
    stats.since_ns = NOW_NS - int(began_s * SECOND_NS)
    stats.last_ns = NOW_NS - int(silent_s * SECOND_NS)
    stats.stamp_source = 'driver'
    return stats


def judged(stats, config=CONFIG, source=None):
    return stream_status('front', config, stats, source, skipped=3, now_ns=NOW_NS)


def test_a_stream_at_its_rate_is_ok_and_has_its_figures():
    status = judged(streaming())
    assert (status.name, status.hardware_id) == ('front: stream', '/dev/video7')
    assert (status.level, status.message) == (OK, 'Front on /dev/video7')
    values = values_of(status)
    assert values['requested fps'] == '30.000'
    assert values['stamp source'] == 'driver'
    assert values['frames skipped by publisher'] == '3'
    assert (values['opened'], values['reconnections']) == ('1', '0')


def test_a_source_that_does_not_open_is_an_error_with_its_reason():
    stats = StreamStats()
    stats.note_failure('it is gone')
    status = judged(stats)
    assert (status.level, status.message) == (ERROR, 'it is gone')
    assert values_of(status)['age of last frame ms'] == 'no frame yet'


@pytest.mark.parametrize(
    ('figures', 'level', 'words'),
    [
        ({'silent_s': 2.0}, ERROR, 'no frame for 2.0 s'),
        ({'rate_hz': 20.0}, WARN, 'fps instead of 30'),
        ({'rate_hz': 5.0}, ERROR, 'fps instead of 30'),
        ({'rate_hz': 5.0, 'began_s': 1.0}, OK, 'Front'),  # too young to be judged
    ],
)
def test_a_stream_is_judged_by_its_silence_and_its_rate(figures, level, words):
    status = judged(streaming(**figures))
    assert (status.level, words in status.message) == (level, True), status.message


def test_a_mode_that_differs_from_the_request_is_a_warning_while_it_streams():
    source, stats = Source('lens'), streaming()
    source.description, source.device = 'Front on /dev/video7: 320x180', '/dev/video7'
    assert mode_status('front', CONFIG, stats, source).message == 'as requested'
    source.difference = '320x180 instead of 224x224'
    status = mode_status('front', CONFIG, stats, source)
    assert (status.name, status.level) == ('front: mode', WARN)
    assert status.message == source.difference
    assert values_of(status) == {
        'requested': '224x224 auto at 30 fps',
        'negotiated': source.description,
        'device': '/dev/video7',
    }
    stats.note_failure('cable')
    status = mode_status('front', CONFIG, stats, source)
    assert (status.level, status.message) == (OK, 'not streaming')


def test_without_a_source_there_is_no_mode():
    status = mode_status('front', CONFIG, StreamStats(), None)
    assert (status.level, status.message) == (OK, 'not streaming')
    assert values_of(status)['negotiated'] == ''


def test_an_inactive_camera_is_ok():
    status = inactive_status('front', CONFIG)
    assert (status.name, status.level) == ('front: stream', OK)
    assert status.message == 'not active'


def test_video_that_plays_at_its_own_rate_is_judged_by_that_rate():
    source, config = Source('lens'), CameraConfig(device='/clip.mp4')
    slow = judged(streaming(rate_hz=10.0), config, source)
    assert (slow.level, slow.message) == (ERROR, '10.0 fps instead of 36')
    source.own_rate_hz = 10.0
    status = judged(streaming(rate_hz=10.0), config, source)
    assert (status.level, values_of(status)['requested fps']) == (OK, '10.000')
    mode = mode_status('front', config, streaming(), source)
    assert values_of(mode)['requested'] == '224x224 auto at 10 fps'
