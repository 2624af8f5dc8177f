# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a launch starts."""

from dataclasses import fields
from pathlib import Path
import re

import pytest

from rpi_classifier.bringup.plan import dds_environment, EXECUTABLES, processes
from rpi_classifier.bringup.processes import command_line
from rpi_classifier.bringup.unused_arguments import unused_arguments
from rpi_classifier.config import CameraConfig, ClassifierConfig, NodeConfig
from rpi_classifier.errors import ConfigError


def executables(**given):
    return [process.executable for process in processes(given)]


def test_one_process_by_default_two_if_not_composed_one_without_camera():
    assert executables() == ['camera_classifier']
    assert executables(composed='false') == ['camera_node', 'classifier_node']
    assert executables(camera='false') == ['classifier_node']


def test_executables_are_those_that_setup_installs():
    setup = (Path(__file__).resolve().parents[2] / 'setup.py').read_text()
    installed = re.findall(r"'(\w+) = rpi_classifier\.nodes\.executables:(\w+)'", setup)
    assert installed == [(name, name) for name in EXECUTABLES]


def test_classifier_alone_is_remapped_to_the_other_drivers_topic():
    (classifier,) = processes({'camera': 'false', 'image': '/usb_cam/image_raw'})
    assert 'image:=/usb_cam/image_raw' in classifier.ros_arguments
    assert not [word for word in classifier.ros_arguments if 'compressed' in word]  # it follows


def test_empty_arguments_leave_the_yaml_file_alone():
    (process,) = processes({'params_file': 'my.yaml'})
    assert process.ros_arguments == ['--log-level', 'info', '--params-file', 'my.yaml']


def test_device_and_model_stay_strings_whatever_they_look_like():
    (process,) = processes({'device': '0', 'model': "it's"})
    assert "device:='0'" in process.ros_arguments
    assert "model:='it''s'" in process.ros_arguments


def test_an_argument_reaches_one_node_only():
    names = [{field.name for field in fields(kind)} for kind in (CameraConfig, ClassifierConfig)]
    assert names[0] & names[1] == {field.name for field in fields(NodeConfig)}


def test_a_process_that_fails_is_started_again_unless_told_otherwise():
    assert [one.respawn_s for one in processes({'composed': 'false'})] == [2.0, 2.0]
    assert processes({'respawn_delay': '0.5'})[0].respawn_s == 0.5
    assert processes({'respawn': 'false'})[0].respawn_s is None
    for delay in ('-1', 'soon', 'nan', 'inf'):
        with pytest.raises(ConfigError, match=f"respawn_delay: '{delay}'"):
            processes({'respawn_delay': delay})


def test_other_driver_runs_beside_the_classifier_whatever_composed_says():
    plan = processes({'driver': 'camera_ros', 'namespace': 'front'})
    assert [(one.package, one.executable) for one in plan] == [
        ('camera_ros', 'camera_node'),
        ('rpi_classifier', 'classifier_node'),
    ]
    assert all(one.namespace == 'front' for one in plan)
    assert executables(driver='camera_ros', camera='false') == ['classifier_node']
    with pytest.raises(ConfigError, match="driver: 'usb_cam' is not one of v4l2, camera_ros"):
        processes({'driver': 'usb_cam'})


@pytest.mark.parametrize(
    ('device', 'camera'), [('1', '1'), ('/base/imx219@10', "'/base/imx219@10'")]
)
def test_device_selects_a_camera_of_libcamera_by_index_or_name(device, camera):
    node = processes({'driver': 'camera_ros', 'device': device})[0]
    assert f'camera:={camera}' in node.ros_arguments


def enclaves(**given):
    return [
        process.ros_arguments[process.ros_arguments.index('--enclave') + 1]
        for process in processes(given)
    ]


def test_each_process_has_its_enclave_in_the_folder_that_is_named():
    assert enclaves(enclave='/') == ['/camera_classifier']
    assert enclaves(enclave='/robot', composed='false') == ['/robot/camera', '/robot/classifier']
    assert enclaves(enclave='/robot/', camera='false') == ['/robot/classifier']
    with pytest.raises(ConfigError, match=r"enclave: 'robot' does not begin with a slash"):
        processes({'enclave': 'robot'})


def test_live_page_is_a_process_of_its_own_if_it_is_wanted():
    given = {'live': 'true', 'live_port': '8081', 'live_address': '0.0.0.0', 'controls': 'true'}
    both, live = processes({**given, 'namespace': 'robot', 'enclave': '/', 'image': 'other'})
    assert (both.executable, live.executable) == ('camera_classifier', 'live_view_node')
    assert (live.namespace, live.ros_arguments[-2:]) == ('robot', ['--enclave', '/live_view'])
    for argument in ("address:='0.0.0.0'", 'port:=8081', 'controls:=true', 'image:=image_raw'):
        assert argument in live.ros_arguments
        assert argument not in both.ros_arguments
    assert executables(live='false', controls='true') == ['camera_classifier']


def test_live_page_shows_the_images_that_the_classifier_takes():
    classifier, live = processes(
        {'live': 'true', 'camera': 'false', 'image': '/usb_cam/image_raw'}
    )
    for process in (classifier, live):
        assert 'image:=/usb_cam/image_raw' in process.ros_arguments


@pytest.mark.parametrize('port', ['-1', 'http', '8080.0'])
def test_port_of_the_live_page_is_a_number(port):
    with pytest.raises(ConfigError, match=f"live_port: '{port}' is not a number from 0 to 65535"):
        processes({'live': 'true', 'live_port': port})


def test_namespace_gets_one_slash():
    for namespace in ('robot', '/robot', '/robot/'):
        (process,) = processes({'namespace': namespace})
        assert '__ns:=/robot' in command_line(process)


def test_namespace_is_relative_to_a_group_unless_it_begins_with_a_slash():
    given = ('', 'robot', 'robot/', '/robot', '/')
    assert [processes({'namespace': one})[0].namespace for one in given] == [
        '', 'robot', 'robot', '/robot', '/',
    ]  # fmt: skip


@pytest.mark.parametrize('namespace', ['my robot', '1robot', 'a//b', '//', 'robot-1', '~/robot'])
def test_malformed_namespace_is_refused_with_what_is_right(namespace):
    with pytest.raises(ConfigError, match=f"^namespace: '{namespace}' is not a name; write names"):
        processes({'namespace': namespace})


def test_unknown_argument_is_refused_with_the_choices():
    with pytest.raises(ConfigError, match=r"'devise'.*device"):
        processes({'devise': '0'})


def test_switch_is_true_or_false():
    with pytest.raises(ConfigError, match=r"composed: 'maybe'"):
        processes({'composed': 'maybe'})


def test_profile_of_fast_dds_is_the_users_where_there_is_one():
    assert dds_environment('ours.xml', {'ROS_DISTRO': 'kilted'}) == {
        'FASTDDS_DEFAULT_PROFILES_FILE': 'ours.xml'
    }
    assert dds_environment('ours.xml', {'ROS_DISTRO': 'jazzy'}) == {
        'FASTRTPS_DEFAULT_PROFILES_FILE': 'ours.xml'
    }
    assert dds_environment('ours.xml', {'FASTRTPS_DEFAULT_PROFILES_FILE': 'mine.xml'}) == {}


@pytest.mark.parametrize('middleware', ['rmw_zenoh_cpp', 'rmw_cyclonedds_cpp'])
def test_other_middlewares_get_no_profile_of_fast_dds(middleware):
    assert dds_environment('ours.xml', {'RMW_IMPLEMENTATION': middleware}) == {}


@pytest.mark.parametrize(
    ('word', 'level'),
    [('INFO', 'info'), ('warning', 'warn'), ('camera:=Debug', 'camera:=debug')],
)
def test_a_log_level_is_written_as_rcl_wants_it(word, level):
    arguments = processes({'log_level': word})[0].ros_arguments
    assert arguments[arguments.index('--log-level') + 1] == level


def test_another_log_level_is_refused_with_the_levels():
    with pytest.raises(ConfigError, match="log_level: 'inof' is not one of .* did you mean info"):
        processes({'log_level': 'inof'})


def test_a_driver_is_known_by_other_names():
    assert executables(driver='LibCamera') == executables(driver='camera_ros')


def test_arguments_of_the_live_page_are_told_to_have_no_effect_without_it():
    given = {'live_port': '8081', 'controls': 'true'}
    told = unused_arguments(given)
    assert [one.partition(':=')[0] for one in told] == ['live_port', 'controls']
    assert all('live:=true starts the live page' in one for one in told)
    assert unused_arguments({**given, 'live': 'true'}) == []
