# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The results of checks, as a table for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
import json

from rpi_classifier.doctor.check_result import CheckResult, exit_status

_MARKS = {'ok': 'ok', 'skipped': '-', 'warn': 'WARN', 'error': 'ERROR'}
_NAME_WIDTH, _MARK_WIDTH = 20, 5


def result_lines(result: CheckResult) -> str:
    """Return the line of a result, and a second line with the fix if there is one."""
    mark = _MARKS[result.severity].ljust(_MARK_WIDTH)
    text = f'{result.name.ljust(_NAME_WIDTH)} {mark} {result.finding}'
    if result.fix:
        text += f'\n{" " * (_NAME_WIDTH + _MARK_WIDTH + 1)} -> {result.fix}'
    return text


def count_line(results: Collection[CheckResult]) -> str:
    """Return the last line of the table, which counts the results of each severity."""
    counts = {name: sum(item.severity == name for item in results) for name in _MARKS}
    return (
        f'{counts["ok"]} ok, {counts["warn"]} warnings, {counts["error"]} errors, '
        f'{counts["skipped"]} not applicable'
    )


def report_json(results: Collection[CheckResult]) -> str:
    """Return all results and the exit status."""
    content = {'status': exit_status(results), 'findings': [asdict(item) for item in results]}
    return json.dumps(content, indent=2)
