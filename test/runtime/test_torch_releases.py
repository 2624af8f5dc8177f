# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The table of torch releases, and the refusal of those that would kill the process."""

import subprocess
import sys

import pytest

from rpi_classifier import cpu
from rpi_classifier.cli import classify, export_model
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import TorchError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models import zoo
from rpi_classifier.runtime import torch_releases

PI_4, PI_5 = {'asimd'}, {'asimd', 'atomics', 'asimddp'}


@pytest.mark.parametrize(
    ('version', 'machine', 'said'),
    [
        ('2.9.1', 'aarch64', 'runs on ARMv8.0, has XNNPACK int8 kernels, CPU build, right for'),
        ('2.10.0', 'aarch64', 'dies with SIGILL on ARMv8.0'),
        ('2.10.1+cpu', 'aarch64', 'dies with SIGILL on ARMv8.0'),
        ('2.11.0', 'aarch64', 'runs on ARMv8.0, its BLAS dies in fp32 there, has XNNPACK'),
        ('2.12.1', 'aarch64', 'requires the CUDA toolkit (several GB), not tried on ARMv8.0'),
        ('2.14.0', 'aarch64', 'not tried on ARMv8.0'),
        ('2.14.1', 'aarch64', 'runs on ARMv8.0, has no XNNPACK int8 kernels, requires the CUDA'),
        ('2.9.0', 'aarch64', 'not tried'),
        ('2.15.0', 'aarch64', 'not tried'),
        ('3.0.0a1', 'aarch64', 'not tried'),
        ('2.14.1+cu130', 'x86_64', 'no problems are known'),
        ('2.9.1', 'riscv64', 'not tried'),
    ],
)
def test_each_release_has_its_row(version, machine, said):
    assert said in torch_releases.lookup(version, machine).about


def test_only_what_would_kill_the_process_is_refused():
    refused = torch_releases.refusal('2.10.0', 'aarch64', PI_4)
    assert refused.startswith('torch 2.10.0 ends with an illegal instruction')
    assert 'torch==2.9.1 torchvision==0.24.1' in refused
    assert torch_releases.refusal('2.10.0', 'aarch64', PI_5) is None
    assert torch_releases.refusal('2.10.0', 'x86_64', {'avx2'}) is None
    for version in ('2.9.1', '2.11.0', '2.14.1', '2.8.0'):
        assert torch_releases.refusal(version, 'aarch64', PI_4) is None


@pytest.fixture
def on_a_pi_4_with_2_10(monkeypatch):
    monkeypatch.setattr(torch_releases.platform, 'machine', lambda: 'aarch64')
    monkeypatch.setattr(cpu, '_hwcap', lambda: 0b1111)
    monkeypatch.setattr(torch_releases, 'installed', lambda name: '2.10.0')


@pytest.mark.usefixtures('on_a_pi_4_with_2_10')
def test_whatever_needs_torch_refuses_with_a_sentence(tmp_path, capsys):
    for load in (
        lambda: Classifier.load(ClassifierConfig()),
        lambda: zoo.build_model('mobilenet_v2'),
    ):
        with pytest.raises(TorchError, match=r'^torch 2\.10\.0 ends with an illegal instruction'):
            load()
    assert export_model.main(['--output', str(tmp_path / 'm.pt')]) == 1
    assert 'torch 2.10.0 ends with an illegal' in capsys.readouterr().err


def test_without_torch_the_sentence_says_what_to_install(monkeypatch, photo_folder, capsys):
    monkeypatch.setattr(torch_releases, 'installed', lambda name: None)
    monkeypatch.setattr(torch_releases.importlib.util, 'find_spec', lambda name: None)
    assert classify.main([str(photo_folder / '1_blue.png')]) == 1
    assert 'torch is not installed; pip3 install torch==' in capsys.readouterr().err


def test_the_table_and_the_refusal_import_no_torch():
    code = (
        'import sys; from rpi_classifier.runtime import torch_releases; '
        'from rpi_classifier.inference import classifier; from rpi_classifier.models import zoo; '
        'torch_releases.require_torch(); sys.exit("torch" in sys.modules)'
    )
    assert subprocess.run([sys.executable, '-c', code]).returncode == 0
