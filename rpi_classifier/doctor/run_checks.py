# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Runs all checks in their order.

usage: python -m rpi_classifier.doctor.run_checks GROUP OPTIONS

Run as a process, it prints the results of one group as lines of JSON; OPTIONS is a JSON list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict
import json
from pkgutil import resolve_name
import sys

from rpi_classifier.doctor.check_result import CheckResult, error, Options
from rpi_classifier.probes.run_probe import run_probe

# The results of a group have names that begin with the group's.
CHECKS = {
    'system': 'rpi_classifier.doctor.system:check_system',
    'torch': 'rpi_classifier.doctor.torch_check:check_torch',
    'onnx': 'rpi_classifier.doctor.onnx_check:check_onnx',
    'python': 'rpi_classifier.doctor.python_packages:check_python_packages',
    'camera': 'rpi_classifier.doctor.camera:check_camera',
    'csi': 'rpi_classifier.doctor.csi:check_csi',
    'model': 'rpi_classifier.doctor.model:check_model',
    'ros': 'rpi_classifier.doctor.ros:check_ros',
    'board': 'rpi_classifier.doctor.board_check:check_board',
}
# These import OpenCV or open devices, which may crash or hang.
_IN_OWN_PROCESS = ('camera', 'model')


def run_checks(options: Options, skip: Collection[str] = ()) -> Iterator[CheckResult]:
    """
    Yield the results of all groups except those in ``skip``.

    A check that raises becomes a result, so the others still run.
    """
    for group in CHECKS:
        if group in skip:
            continue
        try:
            if group in _IN_OWN_PROCESS:
                yield from _run_in_own_process(group, options)
            else:
                yield from _run_group(group, options)
        except Exception as failure:
            yield _broken(group, f'{type(failure).__name__}: {failure}')


def _run_group(group: str, options: Options) -> Iterator[CheckResult]:
    check = resolve_name(CHECKS[group])
    yield from check(options)


def _run_in_own_process(group: str, options: Options) -> Iterator[CheckResult]:
    given = json.dumps(
        [options.device, options.model, options.limit_s, dict(options.model_options)]
    )
    probe = run_probe('-m', __name__, group, given, limit_s=options.limit_s)
    for line in probe.lines:
        yield CheckResult(**line)
    if probe.failure:
        yield _broken(group, probe.failure)


def _broken(group: str, failure: str) -> CheckResult:
    first = failure.splitlines()[0]
    fix = f'see what it names; --limit gives it more time, --skip {group} leaves it out'
    return error(f'{group}.check', f'could not be checked: {first}', fix)


if __name__ == '__main__':
    for result in _run_group(sys.argv[1], Options(*json.loads(sys.argv[2]))):
        print(json.dumps(asdict(result)), flush=True)
