# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What doctor says about ONNX Runtime."""

import pytest

from rpi_classifier.doctor.check_result import Options
from rpi_classifier.doctor.onnx_check import check_ort_import, check_ort_release
from rpi_classifier.doctor.torch_check import check_torch
from rpi_classifier.probes.run_probe import ProbeResult
from rpi_classifier.runtime.ort_releases import PINNED_ORT

PI_4 = frozenset({'asimd'})


@pytest.mark.parametrize(
    ('version', 'needed', 'severity', 'words'),
    [
        ('1.23.2', True, 'ok', 'runs on ARMv8.0'),
        ('1.21.0', True, 'error', 'dies with SIGILL on ARMv8.0; it is refused here'),
        ('1.21.0', False, 'warn', 'it is refused here'),
        ('1.32.0', True, 'ok', 'dies with SIGSEGV under qemu'),
        (None, True, 'error', 'onnxruntime is not installed'),
        (None, False, 'skipped', 'only FILE.onnx needs it'),
    ],
)
def test_release_is_judged_by_the_table(version, needed, severity, words):
    result = check_ort_release(version, 'aarch64', PI_4, needed=needed)
    assert (result.name, result.severity) == ('onnx.release', severity)
    assert words in result.finding
    assert PINNED_ORT in result.fix or severity in ('ok', 'skipped')


@pytest.mark.parametrize(
    ('probe', 'needed', 'severity', 'words'),
    [
        (ProbeResult(({'onnxruntime': '1.23.2'},)), True, 'ok', '1.23.2 is imported'),
        (ProbeResult((), 'died with SIGSEGV'), True, 'error', 'died with SIGSEGV'),
        (ProbeResult((), 'died with SIGSEGV'), False, 'warn', 'died with SIGSEGV'),
        (ProbeResult(({'refusal': 'too old; take another'},)), True, 'error', 'too old'),
        (ProbeResult((), 'gave no answer within 1 s', late=True), True, 'warn', 'no answer'),
    ],
)
def test_import_is_tried_in_a_process_of_its_own(probe, needed, severity, words):
    result = check_ort_import(probe, needed=needed)
    assert (result.name, result.severity) == ('onnx.import', severity)
    assert words in result.finding
    assert bool(result.fix) == (severity != 'ok')


def test_file_for_onnx_needs_no_torch():
    (result,) = check_torch(Options(model='m.onnx'))
    assert (result.name, result.severity) == ('torch.release', 'skipped')
