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


def no_share(package):
    raise LookupError(package)


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


def good(**changes):
    return replace(calibration.parse_calibration(TEXT, ''), **changes)


@pytest.mark.parametrize(
    ('changes', 'words'),
    [
        ({'width': 0}, 'image_width is 0'),
        ({'k': (float('inf'), *good().k[1:])}, 'camera_matrix'),
        ({'k': (0.0,) * 9}, 'focal lengths 0 and 0; expected more than 0'),
        ({'k': (-5.0, *good().k[1:])}, 'focal lengths -5 and 501'),
        ({'r': (float('nan'),) * 9}, 'rectification_matrix'),
        ({'d': (0.1,) * 100000}, 'has 100000 numbers; expected at most 14'),
        ({'width': 2**32 - 1}, 'it is for 4294967295x480 pixels; expected at most 65536 a side'),
        ({'distortion_model': 'a\nb'}, r"distortion_model is 'a\\nb'; expected a name"),
        ({'distortion_model': 'x' * 10**6}, '1000000 letters; expected at most 64'),
    ],
)
def test_absurd_values_are_refused_by_the_entry(changes, words):
    with pytest.raises(CalibrationError, match=words):
        calibration.check_calibration(good(**changes))
    calibration.check_calibration(good())


def test_only_a_calibration_or_an_empty_file_is_replaced(tmp_path):
    for name in ('empty.yaml', 'camera.yaml'):
        (tmp_path / name).write_text(TEXT if name == 'camera.yaml' else '')
        calibration.save_calibration(good(width=4), tmp_path / name)
        assert calibration.load_calibration(tmp_path / name).width == 4
    (tmp_path / 'notes.txt').write_text('mine')
    os.mkfifo(tmp_path / 'pipe')
    (tmp_path / 'dangling').symlink_to(tmp_path / 'nowhere')
    for name, words in (
        ('notes.txt', 'is no calibration'),
        ('pipe', 'is a named pipe'),
        ('', 'is a folder'),
        ('dangling', 'cannot be read'),
    ):
        with pytest.raises(CalibrationError, match=words):
            calibration.save_calibration(good(), tmp_path / name)
    assert (tmp_path / 'notes.txt').read_text() == 'mine'


def test_a_link_beside_the_file_is_not_followed(tmp_path):
    (tmp_path / 'victim').write_text('mine')
    (tmp_path / '.camera.yaml.new').symlink_to(tmp_path / 'victim')
    calibration.save_calibration(good(), tmp_path / 'camera.yaml')
    assert (tmp_path / 'victim').read_text() == 'mine'
    assert calibration.load_calibration(tmp_path / 'camera.yaml') == good()


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
        ('package://bot/../../etc/a.yaml', 'leaves the package'),
    ],
)
def test_other_urls_are_refused(url, words):
    with pytest.raises(CalibrationError, match=words):
        calibration.find_calibration(url, 'cam', no_share)
