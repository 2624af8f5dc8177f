# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The check of the camera, without one; on a V4L2 driver it is in test/vm."""

import pytest

from rpi_classifier.camera.v4l2 import Format, Size
from rpi_classifier.config import CameraConfig
from rpi_classifier.doctor import camera
from rpi_classifier.doctor.check_result import Options
from rpi_classifier.errors import CameraPermissionError


def verdict(finding):
    return finding.severity


def only(check, **options):
    (found,) = check(Options(**options))
    return found


def test_a_camera_that_is_absent_is_a_warning_and_photos_are_none(photo_folder, monkeypatch):
    absent = only(camera.check_camera, device='/dev/video_nowhere')
    assert (absent.severity, 'plug it in' in absent.fix) == ('warn', True)
    assert verdict(only(camera.check_camera, device=str(photo_folder))) == 'ok'
    assert verdict(only(camera.check_camera, device='/dev/null')) == 'error'

    def forbid(path):
        raise CameraPermissionError('may not be opened; sudo usermod -aG video $USER')

    monkeypatch.setattr(camera, 'identify_camera', forbid)
    forbidden = only(camera.check_camera, device='/dev/null')
    assert (forbidden.severity, forbidden.fix) == ('error', 'sudo usermod -aG video $USER')


@pytest.mark.parametrize(
    ('fourcc', 'rates', 'severity', 'text'),
    [
        ('YUYV', (60.0, 30.0), 'ok', 'YUYV reaches 60 fps'),
        ('MJPG', (30.0,), 'ok', 'MJPG reaches 30 fps'),
        ('YUYV', (10.0,), 'warn', 'but fps is 36'),
        ('YUYV', (), 'ok', 'does not list its rates'),
        ('H264', (30.0,), 'error', 'offers only H264'),
    ],
)
def test_formats_are_judged_by_the_rate_that_is_asked_for(fourcc, rates, severity, text):
    offered = [Format(fourcc, '', (Size(640, 480, rates),))]
    found = camera.check_formats('/dev/video0', offered, CameraConfig())
    assert (found.severity, text in found.finding) == (severity, True), found


def test_who_uses_the_camera_is_named_unless_it_is_ours(monkeypatch):
    monkeypatch.setattr(camera.v4l2, 'is_busy', lambda path: True)
    monkeypatch.setattr(camera, 'programs_using', lambda path: ['cheese (pid 1)'])
    assert 'in use by cheese (pid 1)' in camera.check_free('/dev/video0').finding
    monkeypatch.setattr(camera, '_is_ours', lambda user: True)
    assert verdict(camera.check_free('/dev/video0')) == 'ok'
