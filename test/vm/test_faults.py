# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Faults of cameras: each fault is reported once, and frames flow again."""

import os
import shutil
import subprocess
import threading

import pytest
from support.vivid import ONE_CAMERA
from support.watched import until

from rpi_classifier.camera import v4l2
from rpi_classifier.camera.devices import find_devices
from rpi_classifier.camera.open import open_source
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CameraError


def descriptors():
    return len(os.listdir('/proc/self/fd'))


def told_once(capture, words):
    """Check that frames flowed, one sentence was told, and they flow again."""
    assert capture.states() == [True, False, True], capture.told
    assert words in capture.told[1][1]


def test_a_camera_that_comes_later_is_waited_for(vivid, watch):
    vivid.pull()
    capture = watch()
    until(lambda: capture.told, 'the first failure')
    capture.wait(1.0)  # some more tries
    vivid.plug()
    capture.next()
    assert capture.states() == [False, True]
    assert '/dev/video0 does not exist; plug it in' in capture.told[0][1]


def test_a_pulled_camera_is_told_and_opened_when_it_is_back(vivid, watch):
    capture = watch()
    capture.next()
    vivid.pull()
    until(lambda: not capture.stats.streaming, 'the failure')
    capture.wait(1.0)
    vivid.plug()
    capture.next()
    told_once(capture, 'plug it')


def test_a_disconnected_camera_whose_path_stays_is_told(vivid, watch):
    capture = watch()
    capture.next()
    vivid.press('disconnect')
    capture.box.get(10)
    capture.next()
    assert capture.stats.opened == 2
    told_once(capture, '/dev/video0 is gone')


def test_a_camera_that_returns_under_another_number_is_found(vivid, watch):
    capture = watch()
    capture.next()
    vivid.pull()
    until(lambda: not capture.stats.streaming, 'the failure')
    vivid.load(*ONE_CAMERA, 'vid_cap_nr=7')
    capture.next()
    told_once(capture, 'plug it')
    assert capture.source.device == '/dev/video7'
    assert '/dev/video7' in capture.told[2][1]


def test_a_camera_named_by_id_is_found_under_another_number(vivid, watch, tmp_path):
    link = tmp_path / 'usb-Front-video-index0'
    link.symlink_to('/dev/video0')
    capture = watch(device=str(link))
    capture.next()
    vivid.pull()
    link.unlink()
    until(lambda: not capture.stats.streaming, 'the failure')
    vivid.load(*ONE_CAMERA, 'vid_cap_nr=5')
    link.symlink_to('/dev/video5')
    capture.next()
    told_once(capture, 'plug it')
    assert capture.source.device in (str(link), '/dev/video5')


def test_a_fatal_streaming_error_is_told_and_mended_by_opening_again(vivid, watch):
    capture = watch()
    capture.next()
    vivid.press('inject_fatal_streaming_error')
    while capture.stats.opened < 2:
        capture.box.get(30)
    capture.next()
    told_once(capture, 'is there but its driver gives no frames')


def test_a_stream_that_does_not_start_is_told_and_mended_by_opening_again(vivid, watch):
    vivid.press('inject_vidioc_streamon_error')
    capture = watch()
    capture.next()
    assert capture.states() == [False, True]
    assert 'is there but its driver gives no frames' in capture.told[0][1]


def test_a_buffer_marked_as_damaged_stops_nothing(vivid, watch):
    capture = watch()
    for _ in range(5):
        capture.next()
        vivid.press('inject_v4l2_buf_flag_error')
    capture.next()
    assert capture.states() == [True]


def test_a_driver_that_takes_no_buffers_back_is_told_and_opened_again(vivid, watch):
    capture = watch()
    capture.next()
    for _ in range(2):  # each one loses OpenCV one of its two buffers for good
        vivid.press('inject_vidioc_qbuf_error')
        capture.next()
        assert capture.states() == [True]
    until(lambda: capture.stats.opened == 2, 'the camera to be opened again')
    capture.next()
    told_once(capture, 'is there but its driver gives no frames')


def test_frames_that_the_driver_drops_are_counted(vivid, watch):
    capture = watch(fps=25.0)
    capture.next()
    vivid.press('percentage_of_dropped_buffers', 60)
    before = capture.stats.dropped
    for _ in range(15):
        capture.next()
    assert capture.stats.dropped - before > 5
    assert capture.states() == [True]


def test_silence_is_told_once_and_frames_flow_when_it_ends(vivid, watch):
    capture = watch()
    capture.next()
    vivid.press('percentage_of_dropped_buffers', 100)
    until(lambda: not capture.stats.streaming, 'the failure')
    capture.wait(1.0)
    vivid.press('percentage_of_dropped_buffers', 0)
    capture.next()
    told_once(capture, 'is there but its driver gives no frames')


@pytest.mark.parametrize('opened', [True, False])
def test_stop_ends_a_read_that_hangs(vivid, watch, opened):
    if not opened:
        vivid.press('percentage_of_dropped_buffers', 100)
    free = descriptors()
    capture = watch()
    if opened:
        capture.next()
        vivid.press('percentage_of_dropped_buffers', 100)
    capture.wait(0.5)  # it waits in the driver now
    before = list(capture.told)
    assert capture.stop(timeout_s=1.0)
    assert capture.told == before
    assert descriptors() == free


@pytest.mark.skipif(not shutil.which('v4l2-ctl'), reason='v4l2-ctl is not installed')
def test_a_busy_camera_is_told_with_who_has_it_and_taken_when_it_is_free(vivid, device, watch):
    command = ['v4l2-ctl', '-d', device, '--stream-mmap', '--stream-to', '/dev/null']
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as other:
        until(lambda: v4l2.is_busy(device), 'the other program to stream')
        capture = watch()
        until(lambda: capture.told, 'the failure')
        capture.wait(1.0)  # some more tries
        other.terminate()
    capture.next()
    assert capture.states() == [False, True]
    assert f'{device} is in use by v4l2-ctl (pid {other.pid})' in capture.told[0][1]


def message_of(device, uid):
    """Return the error of opening a device in a child that runs as another user."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setuid(uid)
            open_source(CameraConfig(device=device))
        except CameraError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


def test_a_camera_that_may_not_be_opened_is_told_with_the_remedy(vivid, device):
    assert message_of(device, 65534) == (
        f'camera {device} may not be opened by this user; sudo usermod -aG video $USER, and log '
        'in again'
    )


@pytest.mark.parametrize('device_name', ['/dev/null', '/proc/self', '/dev'])
def test_what_is_no_camera_is_told_with_the_cameras_that_are_there(vivid, device_name):
    with pytest.raises(CameraError, match=r'not a V4L2 camera.*here: /dev/video0|no photo'):
        open_source(CameraConfig(device=device_name))


def test_a_video_output_is_no_camera(vivid):
    vivid.load('n_devs=1', 'node_types=0x101')
    outputs = [path for path in ('/dev/video0', '/dev/video1') if path not in find_devices()]
    with pytest.raises(CameraError, match=f'{outputs[0]}.* is not a camera but another part'):
        open_source(CameraConfig(device=outputs[0]))


@pytest.mark.timeout(280)
def test_a_hundred_replugs_leak_no_thread_and_no_descriptor(vivid, watch):
    capture = watch(reopen_delay=0.05, reopen_delay_max=0.05)
    capture.next()
    before = descriptors(), threading.active_count()
    for count in range(100):
        vivid.pull()
        until(lambda: not capture.stats.streaming, f'failure {count}')
        vivid.plug()
        until(lambda: capture.stats.streaming, f'frames after replug {count}')
    capture.next()
    assert (descriptors(), threading.active_count()) == before
    assert capture.states() == [True, *[False, True] * 100]
