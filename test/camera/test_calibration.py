# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Calibration files and their URLs."""

from dataclasses import replace
import os
from pathlib import Path

import pytest
from support.calibrations import TEXT

from rpi_classifier.camera import calibration
from rpi_classifier.errors import CalibrationError


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
    (tmp_path / f'camera.yaml.{os.getpid()}.part').symlink_to(tmp_path / 'victim')
    calibration.save_calibration(good(), tmp_path / 'camera.yaml')
    assert (tmp_path / 'victim').read_text() == 'mine'
    assert calibration.load_calibration(tmp_path / 'camera.yaml') == good()


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
        ('package://bot/../../etc/a.yaml', 'leaves the package'),
    ],
)
def test_other_urls_are_refused(url, words):
    with pytest.raises(CalibrationError, match=words):
        calibration.find_calibration(url, 'cam')


def test_named_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / 'c.yaml')
    with pytest.raises(CalibrationError, match='c.yaml is a named pipe, not a file'):
        calibration.load_calibration(tmp_path / 'c.yaml')
