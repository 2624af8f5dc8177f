# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Where other ROS packages are installed, whose nodes a launch may start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rpi_classifier.bringup.plan import OWN_PACKAGE, Process
from rpi_classifier.errors import ConfigError


def package_prefix(package: str, environment: Mapping[str, str]) -> Path:
    """
    Return the folder in which a ROS package is installed, by its marker.

    :param environment: a sourced ROS 2 names its folders in AMENT_PREFIX_PATH.
    :raises ConfigError: if it is installed in none of them.
    """
    marker = Path('share', 'ament_index', 'resource_index', 'packages', package)
    for prefix in environment.get('AMENT_PREFIX_PATH', '').split(':'):
        if prefix and Path(prefix, marker).is_file():
            return Path(prefix)
    distribution = environment.get('ROS_DISTRO', '$ROS_DISTRO')
    raise ConfigError(
        f'the package {package} is not installed; run: '
        f'sudo apt install ros-{distribution}-{package.replace("_", "-")}'
    )


def executable_path(process: Process, environment: Mapping[str, str]) -> Path:
    """
    Return the program of a process of another package.

    :raises ConfigError: as ``package_prefix``.
    """
    prefix = package_prefix(process.package, environment)
    return prefix / 'lib' / process.package / process.executable


def check_packages(processes: Iterable[Process], environment: Mapping[str, str]) -> None:
    """
    Check that the packages of all processes are installed.

    :raises ConfigError: as ``package_prefix``.
    """
    for process in processes:
        if process.package != OWN_PACKAGE:
            package_prefix(process.package, environment)
