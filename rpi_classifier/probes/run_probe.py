# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Runs code that may crash, hang or print in a process of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
import json
import signal
import subprocess
import sys
import threading
import time
from typing import Any

_CANCEL_S = 0.1  # between two looks whether a process is cancelled
_KILL_LIMIT_S = 1.0  # after SIGKILL; a process that hangs in a driver takes longer to end


@dataclass(frozen=True)
class ProbeResult:
    """
    The JSON objects that a process printed, one a line, and how the process failed.

    ``failure`` is empty if it did not. ``late``: the process was killed because its time was up,
    so nobody knows what it would have printed next.
    """

    lines: tuple[dict[str, Any], ...]
    failure: str = ''
    late: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """Return all lines as one dictionary."""
        return {key: value for line in self.lines for key, value in line.items()}


def run_probe(
    *arguments: str,
    limit_s: float,
    cancelled: threading.Event | None = None,
    descriptors: Collection[int] = (),
) -> ProbeResult:
    """
    Run this Python with arguments, as ``-m MODULE``, for at most about ``limit_s`` seconds.

    What the process printed before it crashed or was killed counts.

    :param cancelled: once it is set, the process is killed.
    :param descriptors: open files that the process shares.
    """
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors='replace',
        pass_fds=tuple(descriptors),
    )
    try:
        printed, complaints = _outcome(process, limit_s, cancelled)
    except subprocess.TimeoutExpired:
        lines = _json_lines(_printed_until_killed(process))
        failure = f'did not answer within {limit_s:g} s'
        if cancelled and cancelled.is_set():
            failure = 'was cancelled'
        return ProbeResult(lines, failure, late=True)
    except BaseException:  # Ctrl-C
        process.kill()
        raise
    failure = failure_of(process.returncode, complaints) if process.returncode else ''
    return ProbeResult(_json_lines(printed), failure)


def failure_of(status: int, complaints: str) -> str:
    """
    Say how a process failed.

    :param status: its exit status, not 0; negative: the signal that ended it.
    :param complaints: its standard error.
    """
    if status < 0:
        return f'died with {signal.Signals(-status).name}'
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    return lines[-1] if lines else f'ended with status {status}'


def _outcome(
    process: subprocess.Popen[str], limit_s: float, cancelled: threading.Event | None
) -> tuple[str, str]:
    """
    Return what a process printed to stdout and stderr until it ended.

    :raises subprocess.TimeoutExpired: if its time was up, or it was cancelled.
    """
    if cancelled is None:
        return process.communicate(timeout=limit_s)
    end = time.monotonic() + limit_s
    while True:
        try:
            return process.communicate(timeout=_CANCEL_S)
        except subprocess.TimeoutExpired:
            if cancelled.is_set() or time.monotonic() > end:
                raise


def _printed_until_killed(process: subprocess.Popen[str]) -> str:
    process.kill()
    try:
        return process.communicate(timeout=_KILL_LIMIT_S)[0]
    except subprocess.TimeoutExpired as late:  # a driver, or a child with the same pipe, holds on
        # Bytes even in text mode.
        return late.output.decode(errors='replace') if late.output else ''


def _json_lines(printed: str) -> tuple[dict[str, Any], ...]:
    found = []
    for line in printed.splitlines():
        try:
            value = json.loads(line)
        except ValueError:  # printed by a library
            continue
        if isinstance(value, dict):
            found.append(value)
    return tuple(found)
