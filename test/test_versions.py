# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which ROS 2 is in use."""

import pytest

from rpi_classifier import versions


@pytest.mark.parametrize(
    ('environment', 'wheels', 'name'),
    [
        ({}, (), ''),
        ({}, ('ros-jazzy-rclpy',), 'jazzy'),
        ({'ROS_DISTRO': 'lyrical'}, ('ros-kilted-rclpy',), 'lyrical'),
    ],
)
def test_what_is_sourced_counts_before_wheels_from_pypi(monkeypatch, environment, wheels, name):
    monkeypatch.setattr(versions, 'installed', lambda package: '1' if package in wheels else None)
    assert versions.ros_distribution(environment) == name
