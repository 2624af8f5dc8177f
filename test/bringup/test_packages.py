# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Where other packages are found."""

from pathlib import Path

import pytest

from rpi_classifier.bringup.packages import check_packages, executable_path, package_prefix
from rpi_classifier.bringup.plan import Process
from rpi_classifier.errors import ConfigError

OTHER = Process('camera_node', package='camera_ros')


def test_the_first_folder_with_the_marker_counts(tmp_path):
    for name in ('overlay', 'underlay'):
        marker = tmp_path / name / 'share/ament_index/resource_index/packages/camera_ros'
        marker.parent.mkdir(parents=True)
        marker.touch()
    environment = {'AMENT_PREFIX_PATH': f':/nowhere:{tmp_path}/overlay:{tmp_path}/underlay'}
    assert executable_path(OTHER, environment) == Path(
        tmp_path, 'overlay/lib/camera_ros/camera_node'
    )


def test_a_missing_package_is_told_with_the_command_that_installs_it():
    with pytest.raises(ConfigError, match=r'apt install ros-lyrical-camera-ros'):
        package_prefix('camera_ros', {'ROS_DISTRO': 'lyrical'})
    with pytest.raises(ConfigError, match=r'apt install ros-\$ROS_DISTRO-camera-ros'):
        check_packages([OTHER], {})


def test_own_nodes_need_no_installed_package():
    check_packages([Process('camera_node')], {})
