# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Calibration files and their URLs."""

from dataclasses import replace
import os
from pathlib import Path

import pytest

from rpi_classifier.camera import calibration
from rpi_classifier.camera.calibration import Calibration
from rpi_classifier.errors import CalibrationError

# As ros-perception's cameracalibrator writes it, shortened.
TEXT = """
image_width: 640
image_height: 480
camera_name: narrow_stereo
camera_matrix:
  rows: 3
  cols: 3
  data: [500, 0, 320.5, 0, 501., 240.5, 0, 0, 1]
distortion_model: plumb_bob
distortion_coefficients:
  rows: 1
  cols: 5
  data: [0.1, -0.2, 0.001, 0.002, 0]
rectification_matrix: {rows: 3, cols: 3, data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
projection_matrix: {rows: 3, cols: 4, data: [500, 0, 320.5, 0, 0, 501, 240.5, 0, 0, 0, 1, 0]}
"""


def test_a_file_of_cameracalibrator_is_read():
    found = calibration.parse_calibration(TEXT, 'x.yaml')
    assert found == Calibration(
        name='narrow_stereo',
        width=640,
        height=480,
        distortion_model='plumb_bob',
        d=(0.1, -0.2, 0.001, 0.002, 0.0),
        k=(500.0, 0.0, 320.5, 0.0, 501.0, 240.5, 0.0, 0.0, 1.0),
        r=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
        p=(500.0, 0.0, 320.5, 0.0, 0.0, 501.0, 240.5, 0.0, 0.0, 0.0, 1.0, 0.0),
    )


@pytest.mark.parametrize('d', [(), (0.1,) * 4, (0.1,) * 8])
def test_what_is_written_is_read_back(tmp_path, d):
    path = tmp_path / 'new' / 'camera.yaml'
    written = replace(calibration.parse_calibration(TEXT, ''), d=d)
    calibration.save_calibration(written, path)
    assert calibration.load_calibration(path) == written
    assert [file.name for file in path.parent.iterdir()] == ['camera.yaml']


@pytest.mark.parametrize(
    ('old', 'new', 'words'),
    [
        ('image_width: 640', 'image_width: wide', "x.yaml: image_width is 'wide'"),
        ('image_height: 480', '', 'x.yaml: image_height is None'),
        ('501.,', '501., 7,', 'x.yaml: camera_matrix.*expected 9 numbers'),
        ('-0.2', '.nan', 'x.yaml: distortion_coefficients'),
        ('rectification_matrix', 'other', 'x.yaml: rectification_matrix: data: is None'),
        ('{rows', '[rows', 'x.yaml is not YAML'),
        (TEXT, 'just words', 'x.yaml is not a camera calibration'),
    ],
)
def test_a_broken_file_is_refused_by_the_entry(old, new, words):
    with pytest.raises(CalibrationError, match=words):
        calibration.parse_calibration(TEXT.replace(old, new), 'x.yaml')


def test_a_missing_or_binary_file_is_refused_by_its_path(tmp_path):
    with pytest.raises(CalibrationError, match=r'none.yaml cannot be read: No such file'):
        calibration.load_calibration(tmp_path / 'none.yaml')
    (tmp_path / 'photo.yaml').write_bytes(b'\xff\xd8\xff')
    with pytest.raises(CalibrationError, match=r'photo.yaml cannot be read: it is not text'):
        calibration.load_calibration(tmp_path / 'photo.yaml')


def test_a_file_that_cannot_be_written_is_refused_by_its_path(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(CalibrationError, match=r'file/a.yaml cannot be written'):
        calibration.save_calibration(
            calibration.parse_calibration(TEXT, ''), tmp_path / 'file' / 'a.yaml'
        )


def test_urls_become_paths(monkeypatch):
    monkeypatch.setenv('ROS_HOME', '/ros')
    monkeypatch.setenv('HOME', '/home/robot')
    monkeypatch.setenv('CALIBRATIONS', '/c')
    find = calibration.find_calibration
    assert find('file:///a/b.yaml', 'cam') == Path('/a/b.yaml')
    assert find('', 'cam') == Path('/ros/camera_info/cam.yaml')
    assert find('file:///c/${NAME}.yaml', 'cam') == Path('/c/cam.yaml')
    assert find('file://${CALIBRATIONS}/${NAME}.yaml', 'cam') == Path('/c/cam.yaml')
    assert find('/a/b.yaml', 'cam') == Path('/a/b.yaml')
    assert find('~/b.yaml', 'cam') == Path('/home/robot/b.yaml')
    monkeypatch.delenv('ROS_HOME')
    assert find('', 'cam') == Path.home() / '.ros/camera_info/cam.yaml'


def test_url_in_a_package_becomes_a_path_in_its_share_folder(monkeypatch, tmp_path):
    pytest.importorskip('ament_index_python', reason='finds packages')
    marker = tmp_path / 'share/ament_index/resource_index/packages/bot'
    marker.parent.mkdir(parents=True)
    marker.touch()
    (tmp_path / 'share/bot').mkdir()
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))
    found = calibration.find_calibration('package://bot/c/a.yaml', 'cam')
    assert found == tmp_path / 'share/bot/c/a.yaml'


@pytest.mark.parametrize(
    ('url', 'words'),
    [
        ('package://bot_that_is_not_here/a.yaml', 'which is not installed'),
        ('http://bot/a.yaml', 'is neither file:///PATH nor package://PACKAGE/PATH'),
        ('file://relative.yaml', 'write file:///PATH'),
        ('file://${NOT_SET_HERE}/a.yaml', 'the variable NOT_SET_HERE, which is not set'),
    ],
)
def test_other_urls_are_refused(url, words):
    with pytest.raises(CalibrationError, match=words):
        calibration.find_calibration(url, 'cam')


def test_named_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / 'c.yaml')
    with pytest.raises(CalibrationError, match='c.yaml is a named pipe, not a file'):
        calibration.load_calibration(tmp_path / 'c.yaml')
