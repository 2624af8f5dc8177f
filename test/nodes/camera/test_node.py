# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The camera node, on folders of photos."""

import os
from pathlib import Path
import threading

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rcl_interfaces.srv import SetParameters
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from sensor_msgs.srv import SetCameraInfo

from rpi_classifier.camera import calibration
from rpi_classifier.camera.calibration_yaml import Calibration
from rpi_classifier.camera.files import PhotoFolder
from rpi_classifier.latest import Latest
from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.camera.publishers import ImagePublishers
from rpi_classifier.nodes.common import managed_node
from rpi_classifier.nodes.common.ending import Ending


@pytest.fixture
def camera(graph, overrides, photo_folder, tmp_path_factory, monkeypatch):
    """Return a starter of camera nodes on a folder of photos of 80x60 pixels."""
    monkeypatch.setenv('ROS_HOME', str(tmp_path_factory.mktemp('ros_home')))

    def start(**values):
        values = {'device': str(photo_folder), 'photo_seconds': 0.0, **values}
        node = graph.add(CameraNode(parameter_overrides=overrides(**values)))
        assert node.start()
        return node

    return start


def test_images_and_camera_infos_have_the_same_stamps(graph, camera):
    images, infos = graph.collect(Image, 'image_raw'), graph.collect(CameraInfo, 'camera_info')
    camera(frame_id='lens')
    graph.wait(lambda: len(images) > 5 and len(infos) > 5, 'images')
    stamps = {(info.header.stamp.sec, info.header.stamp.nanosec) for info in infos}
    assert (images[4].header.stamp.sec, images[4].header.stamp.nanosec) in stamps
    assert images[0].header.frame_id == infos[0].header.frame_id == 'lens'
    assert (images[0].width, images[0].height) == (infos[0].width, infos[0].height) == (80, 60)


def test_a_video_file_is_published_like_a_camera(graph, camera, tmp_path):
    path = tmp_path / 'grey.avi'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'MJPG'), 10, (64, 48))
    for value in (0, 240):
        writer.write(np.full((48, 64, 3), value, np.uint8))
    writer.release()
    images = graph.collect(Image, 'image_raw')
    camera(device=str(path))
    graph.wait(lambda: len(images) > 3, 'images')
    assert (images[0].width, images[0].height, images[0].encoding) == (64, 48, 'bgr8')


def test_no_message_is_built_when_nobody_subscribes(graph, camera, monkeypatch):
    built = []
    monkeypatch.setattr(
        'rpi_classifier.nodes.common.to_messages.image_to_message', lambda *_: built.append(1)
    )
    node = camera()
    mailbox = Latest()
    node.attach(mailbox)
    for _ in range(5):
        mailbox.get(10)
    assert built == []


def test_frames_reach_the_publishing_thread_only_while_somebody_subscribes(
    graph, camera, monkeypatch
):
    published = []
    publish = ImagePublishers.publish

    def note(publishers, frame):
        published.append(frame)
        publish(publishers, frame)

    monkeypatch.setattr(ImagePublishers, 'publish', note)
    node, mailbox = camera(fps=200.0), Latest()
    node.attach(mailbox)
    graph.collect(Image, 'image_raw')

    def several_frames_unpublished():
        before = len(published)
        for _ in range(5):
            mailbox.get(10)
        return len(published) == before

    graph.wait(lambda: not several_frames_unpublished(), 'images')
    graph.client.destroy_subscription(next(graph.client.subscriptions))
    graph.wait(several_frames_unpublished, 'the end of publishing')
    assert several_frames_unpublished()
    graph.collect(Image, 'image_raw')
    graph.wait(lambda: not several_frames_unpublished(), 'images for a new subscriber')


def test_a_dead_capture_thread_ends_the_process_even_if_nobody_subscribes(
    graph, camera, monkeypatch
):
    ending, error = Ending(), ZeroDivisionError('bug')
    monkeypatch.setattr(managed_node, 'SHUTDOWN', ending)
    monkeypatch.setattr(threading, 'excepthook', lambda arguments: None)

    def read(source):
        raise error

    monkeypatch.setattr(PhotoFolder, 'read', read)
    node = camera()
    ending.wait()
    assert node.error is error


def test_frames_are_handed_over_without_a_copy(graph, camera):
    node = camera(photo_seconds=3600.0)
    mailbox = Latest()
    node.attach(mailbox)
    assert mailbox.get(10).image is mailbox.get(10).image
    node.detach(mailbox)


def test_diagnostics_tell_requested_and_measured_rate(graph, camera):
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    camera(fps=50.0)
    graph.wait(lambda: len(arrays) > 2, 'diagnostics')
    status, mode, calibration = arrays[-1].status
    values = {pair.key: pair.value for pair in status.values}
    assert (status.name, status.level) == ('camera: stream', b'\x00')
    assert (mode.name, mode.level, mode.message) == ('camera: mode', b'\x00', 'as requested')
    assert (calibration.name, calibration.level) == ('camera: calibration', b'\x00')
    assert calibration.message == 'not calibrated'
    assert status.hardware_id
    assert values['stamp source'] == 'read'
    assert float(values['age of last frame ms']) < 5000
    assert values['requested fps'] == '50.000'
    assert float(values['measured fps']) > 0


def test_statuses_of_a_renamed_node_bear_its_name_from_the_first_message_on(
    graph, overrides, photo_folder
):
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    arguments = ['--ros-args', '-r', '__node:=front']
    values = overrides(device=str(photo_folder))
    node = graph.add(CameraNode(parameter_overrides=values, cli_args=arguments))
    graph.wait(lambda: arrays, 'the first message')
    assert node.start()
    graph.wait(lambda: len(arrays[-1].status) == 3, 'all statuses')
    names = {status.name for array in arrays for status in array.status}
    assert names == {'front: stream', 'front: mode', 'front: calibration'}


def test_missing_camera_is_an_error_in_diagnostics_and_the_node_still_answers(graph, camera):
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    node = camera(device='/dev/video_nowhere')
    graph.wait(lambda: arrays and 'does not exist' in arrays[-1].status[0].message, 'the error')
    assert arrays[-1].status[0].level == b'\x02'
    state = graph.call(GetState, 'camera/get_state', GetState.Request()).current_state
    assert state.id == State.PRIMARY_STATE_ACTIVE
    assert node.active


def test_camera_can_be_deactivated_and_activated_again(graph, camera):
    images = graph.collect(Image, 'image_raw')
    node = camera()
    graph.wait(lambda: images, 'images')
    assert node.trigger_deactivate() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_cleanup() == TransitionCallbackReturn.SUCCESS
    images.clear()
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_activate() == TransitionCallbackReturn.SUCCESS
    graph.wait(lambda: images, 'images after activating again')


def test_jpegs_come_on_demand_with_the_quality_that_is_set(graph, camera):
    node = camera(photo_seconds=3600.0, jpeg_quality=95)
    jpegs = graph.collect(CompressedImage, 'image_raw/compressed')
    graph.wait(lambda: jpegs, 'a JPEG')
    assert jpegs[0].format == 'bgr8; jpeg compressed bgr8'
    image = cv2.imdecode(np.frombuffer(jpegs[0].data, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == (60, 80, 3)
    assert image[30, 40] == pytest.approx([255, 0, 0], abs=3)
    size = len(jpegs[0].data)
    change = Parameter('jpeg_quality', value=1).to_parameter_msg()
    request = SetParameters.Request(parameters=[change])
    assert graph.call(SetParameters, 'camera/set_parameters', request).results[0].successful
    graph.wait(lambda: len(jpegs[-1].data) < size, 'a smaller JPEG')
    assert node.config.jpeg_quality == 1


def test_no_jpeg_is_encoded_when_nobody_subscribes(graph, camera, monkeypatch):
    encoded = []
    monkeypatch.setattr('cv2.imencode', lambda *_: encoded.append(1))
    images = graph.collect(Image, 'image_raw')
    camera()
    graph.wait(lambda: len(images) > 3, 'images')
    assert encoded == []


def calibrated(width, height):
    k = (50.0, 0.0, 40.0, 0.0, 50.0, 30.0, 0.0, 0.0, 1.0)
    return Calibration(
        name='camera',
        width=width,
        height=height,
        distortion_model='plumb_bob',
        d=(0.1, 0.0, 0.0, 0.0, 0.0),
        k=k,
        r=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
        p=(50.0, 0.0, 40.0, 0.0, 0.0, 50.0, 30.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    )


def test_calibration_is_published_with_every_image(graph, camera, tmp_path):
    path = tmp_path / 'a' / 'c.yaml'
    calibration.save_calibration(calibrated(80, 60), path)
    infos = graph.collect(CameraInfo, 'camera_info')
    camera(camera_info_url=f'file://{path}')
    graph.wait(lambda: infos, 'camera_info')
    assert tuple(infos[0].k) == calibrated(80, 60).k
    assert infos[0].distortion_model == 'plumb_bob'
    assert list(infos[0].d) == [0.1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ('url', 'words'),
    [
        ('file://{path}', 'is for 640x480 pixels and images have 80x60'),
        ('file:///nowhere/c.yaml', '/nowhere/c.yaml cannot be read: No such file'),
        ('package://rpi_classifier/config/classifier.yaml', 'image_width is None'),
        ('package://no_such_package/c.yaml', 'no_such_package, which is not installed'),
        ('http://c.yaml', 'is neither file'),
    ],
)
def test_unfit_calibration_is_a_warning_and_camera_info_has_the_size_only(
    graph, camera, tmp_path, url, words
):
    path = tmp_path / 'a' / 'c.yaml'
    calibration.save_calibration(calibrated(640, 480), path)
    infos = graph.collect(CameraInfo, 'camera_info')
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    camera(camera_info_url=url.format(path=path))
    graph.wait(lambda: infos, 'camera_info')
    assert (infos[0].width, infos[0].height) == (80, 60)
    assert not any(infos[0].k)
    graph.wait(lambda: arrays and words in arrays[-1].status[-1].message, words)
    assert arrays[-1].status[-1].level == b'\x01'


def test_set_camera_info_writes_the_file_and_is_published_at_once(graph, camera):
    camera()
    infos = graph.collect(CameraInfo, 'camera_info')
    graph.wait(lambda: infos, 'camera_info')
    assert not any(infos[0].k)
    info = CameraInfo(width=80, height=60, distortion_model='plumb_bob', d=[0.5] * 5)
    info.k = calibrated(80, 60).k
    request = SetCameraInfo.Request(camera_info=info)
    answer = graph.call(SetCameraInfo, 'camera/set_camera_info', request)
    path = Path(os.environ['ROS_HOME'], 'camera_info', 'camera.yaml')
    assert (answer.success, answer.status_message) == (True, f'written to {path}')
    graph.wait(lambda: any(infos[-1].k), 'the new calibration')
    assert calibration.load_calibration(path).d == (0.5,) * 5


def test_set_camera_info_that_cannot_write_says_why(graph, camera, tmp_path):
    (tmp_path / 'file').write_text('')
    camera(camera_info_url=f'file://{tmp_path}/file/c.yaml')
    request = SetCameraInfo.Request(camera_info=CameraInfo(width=80, height=60))
    answer = graph.call(SetCameraInfo, 'camera/set_camera_info', request)
    assert not answer.success
    assert 'cannot be written: File exists' in answer.status_message


def test_set_camera_info_that_could_not_be_read_again_is_refused(graph, camera):
    camera()
    info = CameraInfo(width=80, height=60, distortion_model='plumb_bob', d=[float('nan')] * 5)
    request = SetCameraInfo.Request(camera_info=info)
    answer = graph.call(SetCameraInfo, 'camera/set_camera_info', request)
    assert not answer.success
    assert "distortion_coefficients: data: has '.nan'; expected numbers" in answer.status_message
    assert not Path(os.environ['ROS_HOME'], 'camera_info').exists()
