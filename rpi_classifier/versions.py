# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Versions of installed packages, told without importing them."""

from __future__ import annotations

import importlib.metadata
import platform


def installed(name: str = 'torch') -> str | None:
    """Return the version of an installed package, without importing it; None without it."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of Python, this package and others, and the kind of processor."""
    result = {'python': platform.python_version(), 'machine': platform.machine()}
    for name in ('rpi_classifier', *packages):
        try:
            result[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            result[name] = 'unknown'
    return result
