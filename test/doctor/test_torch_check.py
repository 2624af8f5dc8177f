# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The checks of torch."""

import pytest

from rpi_classifier.doctor import torch_check
from rpi_classifier.doctor.check_result import Options
from rpi_classifier.probes.run_probe import ProbeResult

PI_4, PI_5 = 'Raspberry Pi 4 Model B Rev 1.4', 'Raspberry Pi 5 Model B Rev 1.0'
OLD, NEW = frozenset({'asimd'}), frozenset({'asimd', 'atomics'})


def verdict(finding):
    return finding.severity


@pytest.mark.parametrize(
    ('version', 'features', 'board', 'severity', 'said'),
    [
        ('2.9.1', OLD, PI_4, 'ok', 'CPU build'),
        ('2.10.0', OLD, PI_4, 'error', 'dies with SIGILL'),
        ('2.10.0', NEW, PI_5, 'ok', 'dies with SIGILL on ARMv8.0'),
        ('2.11.0', OLD, PI_4, 'warn', 'BLAS dies'),
        ('2.11.0', OLD, None, 'warn', 'BLAS dies'),
        ('2.11.0', NEW, None, 'ok', 'BLAS dies in fp32 there'),
        ('2.11.0', NEW, PI_5, 'warn', 'requires the CUDA toolkit'),
        ('2.14.1', OLD, PI_4, 'warn', 'has no XNNPACK'),
        ('2.8.0', OLD, PI_4, 'ok', 'not tried'),
        (None, OLD, PI_4, 'error', 'not installed'),
    ],
)
def test_a_release_of_torch_is_judged_by_the_table(version, features, board, severity, said):
    found = torch_check.check_release(version, 'aarch64', features, board)
    assert (found.severity, said in found.finding) == (severity, True), found
    assert severity == 'ok' or 'torch==2.9.1 torchvision==0.24.1' in found.fix


def test_a_release_that_would_die_is_neither_imported_nor_given_a_partner(monkeypatch):
    monkeypatch.setattr(torch_check.platform, 'machine', lambda: 'aarch64')
    monkeypatch.setattr(torch_check, 'installed', lambda name: '2.10.0')
    monkeypatch.setattr(torch_check, 'cpu_features', lambda: OLD)
    (only,) = torch_check.check_torch(Options())
    assert (only.name, only.severity) == ('torch.release', 'error')


@pytest.mark.parametrize(
    ('torch', 'torchvision', 'severity'),
    [
        ('2.9.1', '0.24.1', 'ok'),
        ('2.14.1+cu130', '0.29.1+cu130', 'ok'),
        ('1.13.1', '0.14.1', 'ok'),
        ('2.9.1', '0.29.1', 'warn'),
        ('2.9.1', None, 'error'),
    ],
)
def test_torch_and_torchvision_must_be_a_pair(torch, torchvision, severity):
    found = torch_check.check_torchvision(torch, torchvision)
    assert verdict(found) == severity
    assert severity == 'ok' or f"'torchvision==0.24.*', which goes with torch {torch}" in found.fix


STEPS = (
    {'torch': '2.11.0', 'seconds': 4.0},
    {'torchvision': '0.26.0'},
    {'engine': 'qnnpack', 'engines': ['qnnpack']},
    {'fp32': True},
)


@pytest.mark.parametrize(
    ('survived', 'name', 'said'),
    [
        (0, 'torch.import', 'import torch died with SIGILL'),
        (1, 'torch.import', 'import torchvision died with SIGILL'),
        (2, 'torch.engine', 'no int8 engine works: died with SIGILL'),
        (3, 'torch.fp32', 'an fp32 convolution died with SIGILL; int8 models still run'),
    ],
)
def test_the_step_that_kills_torch_is_named(survived, name, said):
    last = list(torch_check.check_steps(ProbeResult(STEPS[:survived], 'died with SIGILL')))[-1]
    assert (last.name, last.finding) == (name, said)
    assert last.fix


@pytest.mark.parametrize('survived', [0, 1, 2, 3])
def test_a_torch_that_is_slow_is_not_called_broken(survived):
    said = ProbeResult(STEPS[:survived], 'did not answer within 60 s', late=True)
    last = list(torch_check.check_steps(said))[-1]
    assert (last.severity, '--limit' in last.fix) == ('warn', True)


def test_a_torch_that_works_has_three_good_findings():
    assert {verdict(found) for found in torch_check.check_steps(ProbeResult(STEPS))} == {'ok'}
