# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Versions of installed packages, found without importing them."""

from __future__ import annotations

from collections.abc import Mapping
import importlib.metadata
import platform

_ON_PYPI = ('jazzy', 'kilted')


def installed(name: str) -> str | None:
    """Return the version of a package; None if it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def ros_distribution(environment: Mapping[str, str]) -> str:
    """
    Return the name of the ROS 2 in use, as ``jazzy``; empty if there is none.

    :param environment: a sourced ROS 2 sets ROS_DISTRO. That from PyPI needs no sourcing.
    """
    from_pypi = (name for name in _ON_PYPI if installed(f'ros-{name}-rclpy'))
    return environment.get('ROS_DISTRO') or next(from_pypi, '')


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of Python, this package and others, and the architecture."""
    result = {'python': platform.python_version(), 'machine': platform.machine()}
    return result | {name: installed(name) or 'unknown' for name in ('rpi_classifier', *packages)}
