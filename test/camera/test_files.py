# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Video files, and sources that cannot be opened; test/vm has devices."""

import struct

import cv2
import numpy as np
import pytest

from rpi_classifier.camera.open import open_source, source_kind
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError


@pytest.fixture
def video(tmp_path):
    """Return a video file of three grey frames: dark, medium, bright."""
    path = tmp_path / 'grey.avi'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'MJPG'), 10, (64, 48))
    for value in (0, 120, 240):
        writer.write(np.full((48, 64, 3), value, np.uint8))
    writer.release()
    return path


def test_video_file_plays_over_and_over(video):
    source = open_source(CameraConfig(device=str(video), fps=1000))
    greys = [int(source.read().image.mean()) for _ in range(7)]
    source.close()
    assert greys == pytest.approx([0, 120, 240, 0, 120, 240, 0], abs=3)


def test_video_plays_at_its_own_rate_unless_another_one_is_requested(video):
    own = open_source(CameraConfig(device=str(video)))
    assert (own.rate_hz, own.own_rate_hz) == (10.0, 10.0)
    assert own.description == f'{video}: video file at 10 fps'
    requested = open_source(CameraConfig(device=str(video), fps=36.0))
    assert (requested.rate_hz, requested.own_rate_hz) == (36.0, 0.0)


@pytest.mark.parametrize('rate_hz', [0.0, -5.0, 1000.0, 90000.0, float('nan'), float('inf')])
def test_video_without_a_plausible_rate_plays_at_the_default(video, monkeypatch, rate_hz):
    capture = cv2.VideoCapture()

    class OddFile:
        def __getattr__(self, name):
            return getattr(capture, name)

        def get(self, which):
            return rate_hz if which == cv2.CAP_PROP_FPS else capture.get(which)

    monkeypatch.setattr(cv2, 'VideoCapture', OddFile)
    source = open_source(CameraConfig(device=str(video)))
    assert (source.rate_hz, source.own_rate_hz) == (36.0, 0.0)


def test_damaged_frames_are_told_once_and_skipped(video):
    data = video.read_bytes()
    second = data.index(b'\xff\xd8', data.index(b'\xff\xd8') + 2)
    video.write_bytes(data[:second] + bytes(200) + data[second + 200 :])
    told = []
    source = open_source(CameraConfig(device=str(video), fps=1000), warn=told.append)
    greys = [int(source.read().image.mean()) for _ in range(5)]
    assert greys == pytest.approx([0, 240, 0, 240, 0], abs=3)
    assert len(told) == 1
    assert 'damaged frames' in told[0]


def test_a_video_of_one_frame_plays_over_and_over(tmp_path):
    path = tmp_path / 'one.avi'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'MJPG'), 10, (64, 48))
    writer.write(np.full((48, 64, 3), 120, np.uint8))
    writer.release()
    source = open_source(CameraConfig(device=str(path), fps=1000))
    assert [int(source.read().image.mean()) for _ in range(3)] == pytest.approx([120] * 3, abs=3)


def test_a_video_of_a_phone_is_upright(tmp_path):
    path = tmp_path / 'phone.mp4'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'mp4v'), 25, (320, 240))
    for _ in range(5):
        writer.write(np.zeros((240, 320, 3), np.uint8))
    writer.release()
    data = bytearray(path.read_bytes())
    at = data.find(b'tkhd') + 44  # the matrix of the track: turned by 90 degrees
    turned = struct.pack('>9i', 0, 65536, 0, -65536, 0, 0, 240 << 16, 0, 1 << 30)
    data[at : at + 36] = turned
    path.write_bytes(data)
    assert open_source(CameraConfig(device=str(path))).read().image.shape == (320, 240, 3)


def test_file_that_is_not_a_video_is_refused_by_its_path(tmp_path):
    path = tmp_path / 'notes.avi'
    path.write_text('no video')
    with pytest.raises(CameraError, match='notes.avi'):
        open_source(CameraConfig(device=str(path)))


@pytest.mark.parametrize('device', ['/dev/video_that_is_not_there', '9876', '/nowhere/photos'])
def test_missing_device_is_refused_by_its_path(device):
    with pytest.raises(CameraError, match=f'{device} does not exist'):
        open_source(CameraConfig(device=device))


def test_a_device_that_is_not_a_camera_is_refused_by_its_path():
    with pytest.raises(CameraError, match='/dev/null'):
        open_source(CameraConfig(device='/dev/null'))


def counting_video(path, frames, rate_hz=10.0):
    """Write a video whose frames are as bright as their number."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'MJPG'), rate_hz, (64, 48))
    for value in range(frames):
        writer.write(np.full((48, 64, 3), 2 * value, np.uint8))
    writer.release()


def numbers_of(source, every_s):
    return [round(image.mean() / 2) for image in source.samples(every_s)]


@pytest.mark.parametrize(
    ('every_s', 'expected'),
    [
        (1.0, [0, 10, 20]),
        (0.25, [0, 3, 5, 8, 10, 13, 15, 18, 20, 23, 25, 28]),
        (0.1, list(range(30))),
        (0.001, list(range(30))),
        (60.0, [0]),
    ],
)
def test_samples_of_a_video_are_so_far_apart_in_the_video(tmp_path, every_s, expected):
    counting_video(tmp_path / 'numbers.avi', 30)
    source = open_source(CameraConfig(device=str(tmp_path / 'numbers.avi')))
    assert numbers_of(source, every_s) == pytest.approx(expected, abs=1)
    source.close()


def test_samples_leave_damaged_frames_out_and_tell_it_once(tmp_path):
    path = tmp_path / 'numbers.avi'
    counting_video(path, 9)
    data = bytearray(path.read_bytes())
    at = 0
    for _ in range(4):
        at = data.index(b'\xff\xd8', at + 2)
    data[at : at + 200] = bytes(200)
    path.write_bytes(data)
    told = []
    source = open_source(CameraConfig(device=str(path)), warn=told.append)
    assert numbers_of(source, 0.1) == pytest.approx([0, 1, 2, 4, 5, 6, 7, 8], abs=1)
    assert len(told) == 1


def test_samples_of_a_video_without_frames_are_an_error(tmp_path):
    path = tmp_path / 'numbers.avi'
    counting_video(path, 3)
    first = path.read_bytes().index(b'\xff\xd8')
    data = path.read_bytes()
    path.write_bytes(data[:first] + bytes(len(data) - first))
    source = open_source(CameraConfig(device=str(path)))
    with pytest.raises(CameraError, match='has no frame that OpenCV can decode'):
        numbers_of(source, 0.1)


def test_kind_of_a_source_is_known_without_opening_it(photo_folder, video):
    photo = photo_folder / '1_blue.png'
    devices = (photo_folder, photo, video, '/dev/video0', '0', 'C920', 'missing.jpg')
    assert [source_kind(str(device)) for device in devices] == [
        'photos', 'photos', 'video', 'camera', 'camera', 'camera', 'camera',
    ]  # fmt: skip
