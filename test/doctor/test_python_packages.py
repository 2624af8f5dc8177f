# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The checks of NumPy, OpenCV and cv_bridge."""

import pytest

from rpi_classifier.doctor import python_packages
from rpi_classifier.probes.run_probe import ProbeResult


def verdict(finding):
    return finding.severity


OPENCV = {'opencv': '4.11.0', 'numpy': '1.26.4', 'v4l2': True}


@pytest.mark.parametrize(
    ('said', 'versions', 'severities'),
    [
        (OPENCV, {'opencv-python-headless': '4.11.0.86'}, ['ok', 'ok']),
        (OPENCV, {'opencv-python': '4.11', 'opencv-python-headless': '4.11'}, ['warn', 'ok']),
        ({**OPENCV, 'v4l2': False}, {}, ['ok', 'error']),
        ({}, {}, ['error']),
    ],
)
def test_opencv_is_judged_by_what_it_can(said, versions, severities):
    answer = ProbeResult((said,), '' if said else 'ImportError: numpy.core.multiarray')
    assert [*map(verdict, python_packages.check_opencv(answer, versions))] == severities


@pytest.mark.parametrize(
    ('said', 'opencv', 'versions', 'severity', 'text'),
    [
        ({'converts': True}, OPENCV, {'cv-bridge': '1.13'}, 'ok', 'cv_bridge 1.13 converts'),
        ({'converts': True}, {**OPENCV, 'numpy': '2.1.0'}, {}, 'ok', 'of ROS converts'),
        ({'converts': True}, {**OPENCV, 'opencv': '5.0.0'}, {'cv-bridge': '1.13'}, 'warn', '5.0'),
        ({}, {**OPENCV, 'numpy': '2.1.0'}, {}, 'warn', 'fails with NumPy 2.1.0: ImportError'),
        ({'converts': False}, OPENCV, {}, 'warn', 'wrong colours'),
    ],
)
def test_cv_bridge_is_judged_by_its_partners_and_its_work(said, opencv, versions, severity, text):
    failure = '' if 'converts' in said else 'ImportError: x'
    found = python_packages.check_cv_bridge(
        ProbeResult(({'rclpy': True}, said), failure), opencv, versions
    )
    assert (found.severity, text in found.finding) == (severity, True), found


def test_cv_bridge_may_be_missing():
    said = ProbeResult(({'rclpy': True},), "ModuleNotFoundError: No module named 'cv_bridge'")
    assert verdict(python_packages.check_cv_bridge(said, OPENCV, {})) == 'skipped'


def test_a_missing_package_of_ros_is_named():
    said = ProbeResult(({'rclpy': True},), "ModuleNotFoundError: No module named 'vision_msgs'")
    found = python_packages.check_cv_bridge(said, OPENCV, {})
    assert found.finding == 'vision_msgs is not installed'
    assert found.fix == 'sudo apt install ros-$ROS_DISTRO-vision-msgs'


def test_cv_bridge_is_not_asked_for_without_ros():
    assert (
        verdict(python_packages.check_cv_bridge(ProbeResult((), 'no rclpy'), OPENCV, {}))
        == 'skipped'
    )
