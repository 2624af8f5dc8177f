# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The table of releases of onnxruntime: what dies, what has to be tried, what is installed."""

from pathlib import Path
import re

import pytest

from rpi_classifier.errors import ModelError
from rpi_classifier.runtime import ort_releases
from rpi_classifier.runtime.ort_releases import lookup_ort, ort_refusal, require_onnxruntime

ROOT = Path(__file__).resolve().parents[2]
PI_4, PI_5 = {'asimd'}, {'asimd', 'atomics', 'asimddp'}


@pytest.mark.parametrize(
    ('version', 'features', 'dies'),
    [('1.21.0', PI_4, True), ('1.21.0', PI_5, False), ('1.21.1', PI_4, False)],
)
def test_release_that_dies_on_a_raspberry_pi_4_is_refused_there(version, features, dies):
    reason = ort_refusal(version, 'aarch64', features)
    assert bool(reason) == dies
    assert not reason or ort_releases.PINNED_ORT in reason


@pytest.mark.parametrize(
    ('version', 'machine', 'try_first'),
    [
        ('1.23.2', 'aarch64', False),
        ('1.24.4', 'aarch64', False),
        ('1.32.0', 'aarch64', True),
        ('2.0.0', 'aarch64', True),
        ('1.2.0', 'aarch64', True),
        ('1.32.0', 'x86_64', False),
        ('1.23.2', 'riscv64', True),
    ],
)
def test_import_that_may_die_is_tried_first(version, machine, try_first):
    assert lookup_ort(version, machine).try_first == try_first


def test_missing_onnxruntime_is_told_with_what_to_install(monkeypatch):
    monkeypatch.setattr(ort_releases, 'installed', lambda _: None)
    with pytest.raises(ModelError, match='onnxruntime is not installed; pip3 install onnxruntime'):
        require_onnxruntime()


def test_import_that_would_kill_the_process_is_refused(monkeypatch):
    monkeypatch.setattr(ort_releases, 'installed', lambda _: '1.21.0')
    monkeypatch.setattr(ort_releases.platform, 'machine', lambda: 'aarch64')
    monkeypatch.setattr(ort_releases, 'cpu_features', lambda: PI_4)
    with pytest.raises(ModelError, match='illegal instruction'):
        require_onnxruntime()


def test_the_release_to_install_is_the_one_of_the_requirements():
    text = (ROOT / 'dev' / 'requirements-onnx.txt').read_text()
    pinned = re.findall(r'^onnxruntime==([0-9.]+)', text, re.MULTILINE)
    assert ort_releases.PINNED_ORT in pinned
    for version in pinned:
        assert not lookup_ort(version, 'aarch64').try_first
