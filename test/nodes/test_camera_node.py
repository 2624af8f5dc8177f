# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""The camera node, on folders of photos."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.lifecycle import TransitionCallbackReturn
from sensor_msgs.msg import CameraInfo, Image

from rpi_classifier.latest import Latest
from rpi_classifier.nodes.camera_node import CameraNode


@pytest.fixture
def camera(graph, overrides, photo_folder):
    """Return a starter of camera nodes on a folder."""

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


def test_no_message_is_built_when_nobody_subscribes(graph, camera, monkeypatch):
    built = []
    monkeypatch.setattr(
        'rpi_classifier.nodes.conversions.image_to_message', lambda *_: built.append(1)
    )
    node = camera()
    mailbox = Latest()
    node.attach(mailbox)
    for _ in range(5):
        mailbox.get(10)
    assert built == []


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
    (status,) = arrays[-1].status
    values = {pair.key: pair.value for pair in status.values}
    assert (status.name, status.level) == ('camera: stream', b'\x00')
    assert status.hardware_id
    assert values['requested fps'] == '50.000'
    assert float(values['measured fps']) > 0


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
