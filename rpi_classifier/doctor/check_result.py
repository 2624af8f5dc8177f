# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The options and the results of checks, and the exit status that follows from the results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rpi_classifier.config import CameraConfig, ClassifierConfig

OK, SKIPPED, WARN, ERROR = 'ok', 'skipped', 'warn', 'error'
_STATUS = {OK: 0, SKIPPED: 0, WARN: 1, ERROR: 2}


@dataclass(frozen=True)
class Options:
    """
    What to check.

    ``device``, ``model`` and those in ``model_options`` are parameters of the nodes. ``limit_s``
    is the time in seconds that each probe gets. ``root`` is the folder that contains /sys, /proc,
    /boot and /etc.
    """

    device: str = CameraConfig.device
    model: str = ClassifierConfig.model
    limit_s: float = 60.0
    model_options: Mapping[str, Any] = field(default_factory=dict)
    root: Path = Path('/')


@dataclass(frozen=True)
class CheckResult:
    """
    One line of the doctor's table.

    ``name`` stays the same from version to version. ``severity`` is ok, skipped (does not apply
    here), warn (works, but is degraded or about to fail) or error (does not work). Results of the
    last two severities have a ``fix``.
    """

    name: str
    severity: str
    finding: str
    fix: str = ''


def ok(name: str, finding: str) -> CheckResult:
    """Return the result of a check that found nothing wrong."""
    return CheckResult(name, OK, finding)


def skipped(name: str, reason: str) -> CheckResult:
    """Return the result of a check that does not apply here."""
    return CheckResult(name, SKIPPED, reason)


def warn(name: str, finding: str, fix: str) -> CheckResult:
    """Return the result of a check that found something degraded."""
    return CheckResult(name, WARN, finding, fix)


def error(name: str, finding: str, fix: str) -> CheckResult:
    """Return the result of a check that found something that cannot work."""
    return CheckResult(name, ERROR, finding, fix)


def result_of_error(name: str, severity: str, exception: BaseException) -> CheckResult:
    """Split an error of this package, ``what is wrong; what to do``, into finding and fix."""
    finding, _, fix = str(exception).partition('; ')
    return CheckResult(name, severity, finding, fix or 'see doc/troubleshooting.md')


def exit_status(results: Iterable[CheckResult]) -> int:
    """Return 0 if nothing is wrong, 1 if there are warnings, 2 if there are errors."""
    return max((_STATUS[result.severity] for result in results), default=0)
