# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Calibration files and their URLs."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.calibrations import TEXT

from rpi_classifier.camera import calibration
from rpi_classifier.errors import CalibrationError


def no_share(package):
    raise LookupError(package)


@pytest.mark.parametrize('d', [(), (0.1,) * 4, (0.1,) * 8])
def test_what_is_written_is_read_back(tmp_path, d):
    path = tmp_path / 'new' / 'camera.yaml'
    written = replace(calibration.parse_calibration(TEXT, ''), d=d)
    calibration.save_calibration(written, path)
    assert calibration.load_calibration(path) == written
    assert [file.name for file in path.parent.iterdir()] == ['camera.yaml']


def test_a_missing_or_binary_file_is_refused_by_its_path(tmp_path):
    with pytest.raises(CalibrationError, match=r'none.yaml cannot be read: No such file'):
        calibration.load_calibration(tmp_path / 'none.yaml')
    (tmp_path / 'photo.yaml').write_bytes(b'\xff\xd8\xff')
    with pytest.raises(CalibrationError, match=r'photo.yaml cannot be read: it is not text'):
        calibration.load_calibration(tmp_path / 'photo.yaml')


def test_what_could_not_be_read_again_is_not_written(tmp_path):
    absurd = replace(calibration.parse_calibration(TEXT, ''), width=0)
    with pytest.raises(CalibrationError, match=r'a.yaml cannot be written: image_width is 0'):
        calibration.save_calibration(absurd, tmp_path / 'a.yaml')
    assert not any(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_refused_by_its_path(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(CalibrationError, match=r'file/a.yaml cannot be written'):
        calibration.save_calibration(
            calibration.parse_calibration(TEXT, ''), tmp_path / 'file' / 'a.yaml'
        )


def test_urls_become_paths(monkeypatch):
    monkeypatch.setenv('ROS_HOME', '/ros')
    find = calibration.find_calibration
    assert find('file:///a/b.yaml', 'cam', no_share) == Path('/a/b.yaml')
    assert find('', 'cam', no_share) == Path('/ros/camera_info/cam.yaml')
    assert find('file:///c/${NAME}.yaml', 'cam', no_share) == Path('/c/cam.yaml')
    share = '/opt/share/{}'.format
    assert find('package://bot/c/a.yaml', 'cam', share) == Path('/opt/share/bot/c/a.yaml')
    monkeypatch.delenv('ROS_HOME')
    assert find('', 'cam', no_share) == Path.home() / '.ros/camera_info/cam.yaml'


@pytest.mark.parametrize(
    ('url', 'words'),
    [
        ('package://bot/a.yaml', 'names the package bot, which is not installed'),
        ('http://bot/a.yaml', 'is neither file:///PATH nor package://PACKAGE/PATH'),
        ('file://relative.yaml', 'is neither'),
        ('/a/b.yaml', 'is neither'),
    ],
)
def test_other_urls_are_refused(url, words):
    with pytest.raises(CalibrationError, match=words):
        calibration.find_calibration(url, 'cam', no_share)
