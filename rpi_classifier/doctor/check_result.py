# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a check finds, and what all findings together come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

OK, SKIPPED, WARN, ERROR = 'ok', 'skipped', 'warn', 'error'
_STATUS = {OK: 0, SKIPPED: 0, WARN: 1, ERROR: 2}


@dataclass(frozen=True)
class Options:
    """
    What is checked.

    ``device`` and ``model`` are parameters of the nodes; ``limit_s`` is for each question to
    another process; ``root`` is where /sys, /proc, /boot and /etc are looked for.
    """

    device: str = '/dev/video0'
    model: str = 'mobilenet_v2'
    limit_s: float = 60.0
    root: Path = Path('/')


@dataclass(frozen=True)
class Finding:
    """
    One line of the doctor's table.

    ``name`` is stable; ``severity`` is ok, skipped (does not apply here), warn (works, but not as
    it should, or soon not any more) or error (does not work); the last two have a ``fix``.
    """

    name: str
    severity: str
    finding: str
    fix: str = ''


def ok(name: str, finding: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(name, OK, finding)


def skipped(name: str, reason: str) -> Finding:
    """Return a finding that a check does not apply."""
    return Finding(name, SKIPPED, reason)


def warn(name: str, finding: str, fix: str) -> Finding:
    """Return a finding that something is not as it should be."""
    return Finding(name, WARN, finding, fix)


def error(name: str, finding: str, fix: str) -> Finding:
    """Return a finding that something cannot work."""
    return Finding(name, ERROR, finding, fix)


def of_error(name: str, severity: str, exception: BaseException) -> Finding:
    """Turn a sentence of this package's errors, ``what is wrong; what to do``, into a finding."""
    finding, _, fix = str(exception).partition('; ')
    return Finding(name, severity, finding, fix or 'see the README')


def exit_status(findings: Iterable[Finding]) -> int:
    """Return 0 if nothing is wrong, 1 if there are warnings, 2 if there are errors."""
    return max((_STATUS[finding.severity] for finding in findings), default=0)
