# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Versions of installed packages, found without importing them."""

from __future__ import annotations

import importlib.metadata
import platform


def installed(name: str) -> str | None:
    """Return the version of a package; None if it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of Python, this package and others, and the architecture."""
    result = {'python': platform.python_version(), 'machine': platform.machine()}
    return result | {name: installed(name) or 'unknown' for name in ('rpi_classifier', *packages)}
