# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The camera node on a V4L2 driver: health, recovery, and controls as parameters."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.srv import GetState
from rcl_interfaces.msg import Log
from rcl_interfaces.srv import DescribeParameters, SetParameters
from rclpy.parameter import Parameter
from sensor_msgs.msg import CameraInfo, Image
from support.vivid import ONE_CAMERA

from rpi_classifier.camera.controls import list_controls, parameter_name
from rpi_classifier.latest import Latest
from rpi_classifier.nodes.camera.node import CameraNode

OK, WARN, ERROR = b'\x00', b'\x01', b'\x02'


@pytest.fixture(autouse=True)
def ros_home(tmp_path, monkeypatch):
    monkeypatch.setenv('ROS_HOME', str(tmp_path))


@pytest.fixture
def camera(graph, overrides, device):
    """Return a starter of camera nodes, quick to open again."""

    def start(**values):
        values = {'device': device, 'reopen_delay': 0.1, 'reopen_delay_max': 0.2, **values}
        node = graph.add(CameraNode(parameter_overrides=overrides(**values)))
        assert node.start()
        return node

    return start


@pytest.fixture
def health(graph):
    """Return a reader of the newest statuses by concern."""
    arrays = graph.collect(DiagnosticArray, '/diagnostics')

    def read(concern):
        found = arrays[-1].status if arrays else []
        return next((one for one in found if one.name == f'camera: {concern}'), None)

    return read


def values_of(status):
    return {pair.key: pair.value for pair in status.values}


def set_parameters(graph, **values):
    """Return the results of setting parameters through the service."""
    changes = [Parameter(name, value=value).to_parameter_msg() for name, value in values.items()]
    request = SetParameters.Request(parameters=changes)
    return graph.call(SetParameters, 'camera/set_parameters', request).results


def value_on_device(name):
    (value,) = (one.value for one in list_controls('/dev/video0') if parameter_name(one) == name)
    return value


def test_images_have_the_drivers_stamps_and_diagnostics_say_so(graph, camera, health):
    images, infos = graph.collect(Image, 'image_raw'), graph.collect(CameraInfo, 'camera_info')
    node = camera(width=320, height=180, fps=10.0)
    graph.wait(lambda: len(images) > 3 and len(infos) > 3, 'images')
    now_ns = node.get_clock().now().nanoseconds
    stamp = images[-1].header.stamp
    assert 0 <= now_ns - (stamp.sec * 10**9 + stamp.nanosec) < 10**9
    assert stamp in [info.header.stamp for info in infos]
    graph.wait(lambda: health('stream') and health('stream').level == OK, 'good health')
    values = values_of(health('stream'))
    assert values['stamp source'] == 'driver'
    assert values['requested fps'] == '10.000'
    assert values['reconnections'] == '0'


def test_a_mode_that_was_not_asked_for_is_one_warning_and_a_diagnostic(
    vivid, graph, camera, health
):
    logs = graph.collect(Log, '/rosout', 100)
    camera()
    graph.wait(lambda: health('mode') and health('mode').level == WARN, 'the warning')
    assert health('mode').message == '320x180 instead of 224x224, 40 fps instead of 36'
    values = values_of(health('mode'))
    assert values['requested'] == '224x224 auto at 36 fps'
    assert values['negotiated'] == 'vivid on /dev/video0: 320x180 YUYV at 40 fps'
    graph.wait(lambda: [log for log in logs if 'instead of' in log.msg], 'the line')
    assert len([log for log in logs if log.level == 30 and 'instead of' in log.msg]) == 1


def test_strict_makes_it_an_error_and_publishes_nothing(vivid, graph, camera, health):
    images = graph.collect(Image, 'image_raw')
    camera(strict=True)
    graph.wait(lambda: health('stream') and health('stream').level == ERROR, 'the error')
    assert '320x180 instead of 224x224' in health('stream').message
    assert images == []


def test_a_pulled_camera_is_one_line_an_error_and_then_good_again(vivid, graph, camera, health):
    logs = graph.collect(Log, '/rosout', 100)
    images = graph.collect(Image, 'image_raw')
    camera()
    graph.wait(lambda: images, 'images')
    vivid.pull()
    graph.wait(lambda: health('stream') and health('stream').level == ERROR, 'the error')
    assert 'plug it' in health('stream').message
    state = graph.call(GetState, 'camera/get_state', GetState.Request()).current_state
    assert state.label == 'active'
    vivid.plug()
    images.clear()
    graph.wait(lambda: images, 'images')
    graph.wait(lambda: health('stream').level == OK, 'good health')
    assert values_of(health('stream'))['reconnections'] == '1'
    graph.wait(lambda: [log for log in logs if log.level >= 40], 'the line')
    assert len([log for log in logs if log.level >= 40]) == 1


def test_a_rate_below_the_tolerance_is_a_warning_or_an_error(vivid, graph, camera, health):
    node = camera(width=320, height=180, fps=25.0, rate_warn=0.0, rate_error=1.0)
    node.attach(Latest())
    vivid.press('percentage_of_dropped_buffers', 50)
    graph.wait(lambda: health('stream') and health('stream').level == WARN, 'the warning')
    assert 'fps instead of 25' in health('stream').message
    assert all(result.successful for result in set_parameters(graph, rate_error=0.0))
    graph.wait(lambda: health('stream').level == ERROR, 'the error')
    assert int(values_of(health('stream'))['frames dropped by driver']) > 0


def test_controls_are_parameters_with_their_range_live_and_kept_over_a_replug(
    vivid, graph, camera
):
    node = camera(brightness=77)
    graph.wait(lambda: node.has_parameter('horizontal_flip'), 'parameters of controls')
    graph.wait(lambda: value_on_device('brightness') == 77, 'the value to be set')
    request = DescribeParameters.Request(names=['brightness'])
    (described,) = graph.call(
        DescribeParameters, 'camera/describe_parameters', request
    ).descriptors
    assert described.description == 'Camera control Brightness'
    assert described.integer_range[0].to_value == 255
    (result,) = set_parameters(graph, brightness=200)
    assert result.successful
    assert value_on_device('brightness') == 200
    (result,) = set_parameters(graph, horizontal_flip=True)
    assert result.successful
    assert value_on_device('horizontal_flip') == 1
    (result,) = set_parameters(graph, brightness=256)
    assert not result.successful
    assert value_on_device('brightness') == 200
    assert node.get_parameter('brightness').value == 200
    vivid.pull()
    graph.wait(lambda: not node._capture.stats.streaming, 'the failure')
    (result,) = set_parameters(graph, brightness=100)
    assert not result.successful
    assert 'brightness: cannot become 100' in result.reason
    vivid.plug()
    graph.wait(lambda: node._capture.stats.streaming, 'frames')
    graph.wait(lambda: value_on_device('brightness') == 200, 'the value to be set again')
    for absent in ('disconnect', 'volume', 'percentage_of_dropped_buffers'):
        assert not node.has_parameter(absent)


def test_an_image_changes_with_its_control(vivid, graph, camera):
    node = camera(width=320, height=180, fps=10.0)
    mailbox = Latest()
    node.attach(mailbox)
    graph.wait(lambda: node.has_parameter('brightness'), 'parameters of controls')
    before = mailbox.get(10).image.mean()
    set_parameters(graph, brightness=255)
    graph.wait(lambda: mailbox.get(10).image.mean() > before + 20, 'a brighter image')


def test_deactivating_frees_the_device_even_if_no_frame_comes(vivid, graph, camera):
    node = camera()
    graph.wait(lambda: node._capture.stats.streaming, 'frames')
    vivid.press('percentage_of_dropped_buffers', 100)
    node.trigger_deactivate()
    vivid.load(*ONE_CAMERA)  # refused while anybody has it open
