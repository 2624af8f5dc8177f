# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Asking a process of its own what may crash, hang, or print."""

from __future__ import annotations

from dataclasses import dataclass
import json
import signal
import subprocess
import sys
from typing import Any


@dataclass(frozen=True)
class Answer:
    """
    The lines of JSON that a process printed, and what went wrong; empty if nothing did.

    ``late``: it was given up, so what it did not print is unknown.
    """

    lines: tuple[dict[str, Any], ...]
    failure: str = ''
    late: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """Return all lines as one dictionary."""
        return {key: value for line in self.lines for key, value in line.items()}


def ask(*arguments: str, limit_s: float) -> Answer:
    """
    Run this Python with arguments, as ``-m MODULE``; never waits much longer than ``limit_s``.

    What was printed before a crash or the end of the time counts.
    """
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors='replace',
    )
    failure = ''
    try:
        printed, complaints = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        failure = f'gave no answer within {limit_s:g} s'
        try:
            printed, complaints = process.communicate(timeout=1)
        except subprocess.TimeoutExpired:  # a driver holds it
            return Answer((), failure, late=True)
    except BaseException:  # Ctrl-C
        process.kill()
        raise
    late = bool(failure)
    if not late and process.returncode:
        failure = _failure(process.returncode, complaints)
    return Answer(tuple(_json_lines(printed)), failure, late)


def _failure(status: int, complaints: str) -> str:
    if status < 0:
        return f'died with {signal.Signals(-status).name}'
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    return lines[-1] if lines else f'ended with status {status}'


def _json_lines(printed: str) -> list[dict[str, Any]]:
    found = []
    for line in printed.splitlines():
        try:
            value = json.loads(line)
        except ValueError:  # a library that prints
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
