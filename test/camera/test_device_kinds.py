# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Whatever stands in ``device`` is a source, or a sentence says what a device may be."""

import os
from pathlib import Path
import socket

import pytest

from rpi_classifier.camera.device_kinds import explain_impossible
from rpi_classifier.camera.open import open_source
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraAbsent, CameraError, NotACamera

MAY_BE = 'a device is a V4L2 camera (/dev/videoN, its number or its name), a video file'


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def refusal(device):
    with pytest.raises(CameraError) as caught:
        open_source(CameraConfig(device=str(device)))
    return caught.value


@pytest.mark.parametrize(
    ('device', 'words'),
    [
        ('rtsp://127.0.0.1:1/stream', 'is an address; '),
        ('http://host/cam.mjpg', 'is an address; '),
        ('v4l2:///dev/video0', 'is an address; '),
        ('v4l2src device=/dev/video0 ! videoconvert ! appsink', 'is a GStreamer pipeline; '),
        ('libcamerasrc', 'is a GStreamer pipeline; '),
        ('img_%03d.jpg', 'is a pattern; '),
        ('photos/*.jpg', 'is a pattern; '),
        ('photos/[ab].jpg', 'is a pattern; '),
        ('rpicam', 'driver:=camera_ros'),
        ('picamera2', 'driver:=camera_ros'),
        ('-1', 'is not the number of a camera; '),
        ('1.5', 'is not the number of a camera; '),
        ('video0', 'write /dev/video0'),
        ('', 'is empty; '),
    ],
)
def test_what_can_be_no_device_is_told_what_a_device_may_be(device, words):
    error = refusal(device)
    assert isinstance(error, NotACamera)
    assert words in str(error)
    assert MAY_BE in str(error)
    assert str(error) == explain_impossible(device)


@pytest.mark.parametrize('device', ['0', '17', '/dev/video0', 'HD Pro Webcam C920', 'clip.mp4'])
def test_what_may_be_a_device_is_not_refused_by_its_text(device):
    assert explain_impossible(device) == ''


def test_pattern_that_is_the_name_of_a_folder_is_a_folder(photo_folder):
    odd = photo_folder.parent / 'what [is] this?.old'
    photo_folder.rename(odd)
    assert open_source(CameraConfig(device=str(odd))).description.startswith(str(odd))


@pytest.mark.parametrize(
    ('make', 'kind'), [(os.mkfifo, 'a named pipe'), (make_socket, 'a socket')]
)
def test_what_is_neither_a_file_nor_a_camera_is_named(tmp_path, make, kind):
    make(tmp_path / 'thing')
    assert f'thing is {kind}; {MAY_BE}' in str(refusal(tmp_path / 'thing'))


def test_missing_file_is_told_with_the_folder_it_was_searched_in(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'file').touch()
    assert str(refusal('a/photos')).startswith(f'a/photos (in {tmp_path}) does not exist; ')
    assert f'clip.mp4 (in {tmp_path}) is neither a file nor the name' in str(refusal('clip.mp4'))
    assert 'does not exist' in str(refusal(tmp_path / 'file/photos'))
    assert isinstance(refusal('a/photos'), CameraAbsent)


def test_name_that_is_too_long_for_a_file_is_refused(tmp_path):
    assert 'cannot be opened: File name too long' in str(refusal(Path(tmp_path, 'x' * 300)))
