# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Checks of NumPy, OpenCV and cv_bridge: known clashes, and whether they work together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import re
import sys

from rpi_classifier.doctor.check_result import CheckResult, error, ok, Options, skipped, warn
from rpi_classifier.probes.run_probe import ProbeResult, run_probe
from rpi_classifier.versions import installed

# All of these install into the same folder, cv2.
_OPENCVS = (
    'opencv-python',
    'opencv-python-headless',
    'opencv-contrib-python',
    'opencv-contrib-python-headless',
)
# NumPy 1, for which systems with these Pythons build OpenCV and cv_bridge, ends with 3.12.
_NUMPY = 'numpy<2' if sys.version_info < (3, 13) else 'numpy<3'
_TOGETHER = f"pip3 install '{_NUMPY}' 'opencv-python-headless<5'"
_UNUSED = 'images of the usual encodings do not need it'
_ROS_CV_BRIDGE = 'sudo apt install --reinstall ros-$ROS_DISTRO-cv-bridge'


def check_python_packages(options: Options) -> Iterator[CheckResult]:
    """Check each package, and all together."""
    opencv = run_probe('-m', 'rpi_classifier.probes.opencv_probe', limit_s=options.limit_s)
    bridge = run_probe('-m', 'rpi_classifier.probes.cv_bridge_probe', limit_s=options.limit_s)
    versions = {name: found for name in ('cv-bridge', *_OPENCVS) if (found := installed(name))}
    yield from check_opencv(opencv, versions)
    yield check_cv_bridge(bridge, opencv.values, versions)


def check_opencv(probe: ProbeResult, versions: Mapping[str, str]) -> Iterator[CheckResult]:
    """
    Check whether OpenCV works and can open cameras.

    :param probe: the result of ``opencv_probe``.
    :param versions: versions of the installed packages, by their names on PyPI.
    """
    found = probe.values
    if 'opencv' not in found:
        yield error('python.opencv', f'import cv2 failed: {probe.failure}', _TOGETHER)
        return
    what = f'OpenCV {found["opencv"]}, NumPy {found["numpy"]}'
    several = [name for name in _OPENCVS if name in versions]
    if len(several) > 1:
        what += f'; {" and ".join(several)} overwrite each other'
        fix = f'pip3 uninstall {" ".join(several)}, then pip3 install opencv-python-headless<5'
        yield warn('python.opencv', what, fix)
    else:
        yield ok('python.opencv', what)
    if found['v4l2']:
        yield ok('python.v4l2', 'this OpenCV opens V4L2 cameras')
    else:
        fix = 'sudo apt install python3-opencv, or pip3 install opencv-python-headless'
        yield error('python.v4l2', 'this OpenCV was built without V4L2', fix)


def check_cv_bridge(
    probe: ProbeResult, opencv: Mapping[str, str], versions: Mapping[str, str]
) -> CheckResult:
    """
    Check whether cv_bridge converts images.

    :param probe: the result of ``cv_bridge_probe``.
    :param opencv: the values that ``opencv_probe`` printed.
    :param versions: as for ``check_opencv``.
    """
    name, found = 'python.cv_bridge', probe.values
    pure = versions.get('cv-bridge')
    if 'rclpy' not in found:
        return skipped(name, 'rclpy, which uses it, is not installed')
    too_new = [
        f'{library} {version}'
        for library, version, limit in (
            ('NumPy', opencv.get('numpy', '0'), 2),
            ('OpenCV', opencv.get('opencv', '0'), 5),
        )
        if int(version.split('.')[0]) >= limit
    ]
    if pure and too_new:
        what = f'cv-bridge {pure} does not work with {" and ".join(too_new)}'
        return warn(name, f'{what}; {_UNUSED}', 'pip3 uninstall cv-bridge')
    if found.get('converts'):
        return ok(name, f'cv_bridge {pure or "of ROS"} converts images')
    missing = re.search(r"No module named '(\w+)'", probe.failure)
    if missing and missing.group(1) == 'cv_bridge':
        return skipped(name, f'cv_bridge is not installed; {_UNUSED}')
    if missing:
        package = f'ros-$ROS_DISTRO-{missing.group(1).replace("_", "-")}'
        return error(name, f'{missing.group(1)} is not installed', f'sudo apt install {package}')
    if too_new:
        what = f'cv_bridge fails with {" and ".join(too_new)}: {probe.failure}'
        return warn(name, f'{what}; {_UNUSED}', _TOGETHER)
    what = f'cv_bridge fails: {probe.failure or "wrong colours"}'
    return warn(name, f'{what}; {_UNUSED}', _ROS_CV_BRIDGE)
