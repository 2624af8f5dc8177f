# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Checks of ONNX Runtime: its release for this processor, and whether its import survives."""

from __future__ import annotations

from collections.abc import Iterator
import platform

from rpi_classifier.cpu import cpu_features
from rpi_classifier.doctor.check_result import CheckResult, error, ok, Options, skipped, warn
from rpi_classifier.models.load import format_of
from rpi_classifier.probes.run_probe import ProbeResult, run_probe
from rpi_classifier.runtime.ort_releases import lookup_ort, ORT_ADVICE, ort_refusal
from rpi_classifier.versions import installed


def check_onnx(options: Options) -> Iterator[CheckResult]:
    """Check the release, and the import in another process."""
    machine, version = platform.machine(), installed('onnxruntime')
    needed = format_of(options.model).runtime == 'onnx'
    yield check_ort_release(version, machine, cpu_features(), needed=needed)
    if version and not ort_refusal(version, machine, cpu_features()):
        probe = run_probe('-m', 'rpi_classifier.probes.onnx_probe', limit_s=options.limit_s)
        yield check_ort_import(probe, needed=needed)


def check_ort_release(
    version: str | None, machine: str, features: frozenset[str], *, needed: bool
) -> CheckResult:
    """
    Check a release against the table of releases, without importing it.

    :param needed: whether the model is a FILE.onnx.
    """
    name = 'onnx.release'
    if version is None:
        if needed:
            return error(name, 'onnxruntime is not installed', ORT_ADVICE)
        return skipped(name, 'onnxruntime is not installed; only FILE.onnx needs it')
    what = f'onnxruntime {version} on {machine}: {lookup_ort(version, machine).about}'
    if ort_refusal(version, machine, features):
        return (error if needed else warn)(name, f'{what}; it is refused here', ORT_ADVICE)
    return ok(name, what)


def check_ort_import(probe: ProbeResult, *, needed: bool) -> CheckResult:
    """
    Check whether the import survived.

    :param probe: the result of ``onnx_probe``.
    """
    name, failure = 'onnx.import', probe.values.get('refusal', probe.failure)
    if 'onnxruntime' in probe.values:
        return ok(name, f'onnxruntime {probe.values["onnxruntime"]} is imported')
    finding, _, fix = f'import onnxruntime: {failure or "ended early"}'.partition('; ')
    if probe.late:
        return warn(
            name, finding, 'give it more time with --limit, or leave it out with --skip onnx'
        )
    return (error if needed else warn)(name, finding, fix or ORT_ADVICE)
