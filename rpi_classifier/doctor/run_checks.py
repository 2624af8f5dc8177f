# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""All checks in their order, and their findings for people and for programs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
import importlib
import json
import sys

from rpi_classifier.doctor.check_result import error, exit_status, Finding, Options
from rpi_classifier.probes.run_probe import ask

# Group: its file. The names of a group's findings begin with it.
GROUPS = {
    'system': 'system',
    'torch': 'torch_check',
    'python': 'python_packages',
    'camera': 'camera',
    'csi': 'csi',
    'model': 'model',
    'ros': 'ros',
    'board': 'board_check',
}
_ALONE = ('camera', 'model')  # these load OpenCV or ask devices, which may crash or hang
_MARKS = {'ok': 'ok', 'skipped': '-', 'warn': 'WARN', 'error': 'ERROR'}
_NAME_WIDTH, _MARK_WIDTH = 20, 5


def examine(options: Options, skip: Collection[str] = ()) -> Iterator[Finding]:
    """Yield the findings of all groups but those in ``skip``; raises nothing."""
    for group, file in GROUPS.items():
        if group in skip:
            continue
        module = f'rpi_classifier.doctor.{file}'
        try:
            if group in _ALONE:
                yield from _alone(group, module, options)
            else:
                yield from importlib.import_module(module).check(options)
        except Exception as failure:
            yield _broken(group, f'{type(failure).__name__}: {failure}')


def answer(check: Iterable[Finding]) -> None:
    """Print findings as lines of JSON: the way of a check in a process of its own."""
    for finding in check:
        print(json.dumps(asdict(finding)), flush=True)


def options_of_process() -> Options:
    """Return the options that ``examine`` gave to this process."""
    return Options(*json.loads(sys.argv[1]))


def as_text(finding: Finding) -> str:
    """Return the line of a finding, and a second one with the fix if there is one."""
    mark = _MARKS[finding.severity].ljust(_MARK_WIDTH)
    text = f'{finding.name.ljust(_NAME_WIDTH)} {mark} {finding.finding}'
    if finding.fix:
        text += f'\n{" " * (_NAME_WIDTH + _MARK_WIDTH + 1)} -> {finding.fix}'
    return text


def summary(findings: Collection[Finding]) -> str:
    """Return the last line."""
    counts = {name: sum(item.severity == name for item in findings) for name in _MARKS}
    return (
        f'{counts["ok"]} ok, {counts["warn"]} warnings, {counts["error"]} errors, '
        f'{counts["skipped"]} not applicable'
    )


def as_json(findings: Collection[Finding]) -> str:
    """Return all findings and the exit status."""
    content = {'status': exit_status(findings), 'findings': [asdict(item) for item in findings]}
    return json.dumps(content, indent=2)


def _alone(group: str, module: str, options: Options) -> Iterator[Finding]:
    given = json.dumps([options.device, options.model, options.limit_s])
    said = ask('-m', module, given, limit_s=options.limit_s)
    for line in said.lines:
        yield Finding(**line)
    if said.failure:
        yield _broken(group, said.failure)


def _broken(group: str, failure: str) -> Finding:
    first = failure.splitlines()[0]
    fix = f'see what it names; --limit gives it more time, --skip {group} leaves it out'
    return error(f'{group}.check', f'could not be checked: {first}', fix)
