# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Finding cameras and explaining their failures; test/vm has real devices."""

import pytest

from rpi_classifier.camera import devices
from rpi_classifier.camera.v4l2 import Capability
from rpi_classifier.errors import CameraAbsent, NotACamera

FRONT = Capability('uvcvideo', 'Front', 'usb-1.2', True, 1)


def there(monkeypatch, **found):
    """Make these cameras exist: {name: capability}."""
    paths = {f'/dev/{name}': known for name, known in found.items()}
    monkeypatch.setattr(devices, 'find_devices', lambda: paths)


def on(port):
    return Capability('uvcvideo', 'Front', port, True, 1)


@pytest.mark.parametrize(
    ('found', 'path'),
    [
        ({'video3': FRONT}, '/dev/video3'),
        ({'video3': on('usb-1.9')}, '/dev/video3'),
        ({'video3': on('usb-1.9'), 'video5': FRONT}, '/dev/video5'),
        ({'video3': on('usb-1.9'), 'video5': on('usb-1.8')}, None),
        ({'video3': Capability('uvcvideo', 'Rear', 'usb-1.2', True, 1)}, None),
        ({}, None),
    ],
)
def test_a_camera_is_found_again_by_its_port_or_as_the_only_one_of_its_name(
    monkeypatch, found, path
):
    there(monkeypatch, **found)
    assert devices.find_replugged(FRONT) == path


def test_a_camera_can_be_named_by_its_card(monkeypatch):
    there(monkeypatch, video77=FRONT)
    assert devices.locate_camera('Front') == '/dev/video77'


def test_a_missing_camera_is_told_with_those_that_are_there(monkeypatch):
    there(monkeypatch, video77=FRONT)
    with pytest.raises(CameraAbsent, match=r'/dev/video99 does not exist.*/dev/video77 \(Front\)'):
        devices.locate_camera('99')


@pytest.mark.parametrize('path', ['/dev/null', '/tmp', '/etc/hostname'])
def test_what_is_not_a_camera_differs_from_what_is_absent(path):
    with pytest.raises(NotACamera, match=f'{path} is not a V4L2 camera'):
        devices.identify_camera(path)
    with pytest.raises(CameraAbsent, match='is gone'):
        devices.identify_camera('/dev/video_nowhere')


def test_stable_path_is_the_link_to_the_same_device(tmp_path):
    links = tmp_path / 'by-id'
    links.mkdir()
    (links / 'usb-Front').symlink_to('/dev/null')
    assert devices.stable_path('/dev/null', str(links)) == str(links / 'usb-Front')
    assert devices.stable_path('/dev/zero', str(links)) == '/dev/zero'
    assert devices.stable_path('/dev/null', str(tmp_path / 'none')) == '/dev/null'


def test_users_of_a_file_are_named(tmp_path):
    path = tmp_path / 'device'
    with open(path, 'w'):
        (user,) = devices.programs_using(str(path))
    assert '(pid ' in user
