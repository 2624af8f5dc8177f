# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The checks of doctor on software: the system, torch, OpenCV, the weights."""

import pytest

from rpi_classifier.doctor import model, python_packages, system, torch_check
from rpi_classifier.doctor.check_result import Options
from rpi_classifier.probes.run_probe import Answer

PI_4, PI_5 = 'Raspberry Pi 4 Model B Rev 1.4', 'Raspberry Pi 5 Model B Rev 1.0'
OLD, NEW = frozenset({'asimd'}), frozenset({'asimd', 'atomics'})


def verdict(finding):
    return finding.severity


@pytest.mark.parametrize(
    ('machine', 'bits', 'severity'),
    [
        ('x86_64', 64, 'ok'),
        ('aarch64', 64, 'ok'),
        ('aarch64', 32, 'error'),
        ('armv7l', 32, 'error'),
        ('riscv64', 64, 'warn'),
    ],
)
def test_a_system_of_32_bits_is_an_error(machine, bits, severity):
    assert verdict(system.architecture(machine, bits, PI_4)) == severity


def test_the_processor_of_a_pi_4_is_named():
    assert 'ARMv8.0 without LSE' in system.processor('aarch64', OLD).finding
    assert 'ARMv8.1' in system.processor('aarch64', NEW).finding
    assert 'without VNNI' in system.processor('x86_64', frozenset({'avx2'})).finding


@pytest.mark.parametrize(
    ('version', 'features', 'board', 'severity', 'said'),
    [
        ('2.9.1', OLD, PI_4, 'ok', 'CPU build'),
        ('2.10.0', OLD, PI_4, 'error', 'dies with SIGILL'),
        ('2.10.0', NEW, PI_5, 'ok', 'dies with SIGILL on ARMv8.0'),
        ('2.11.0', OLD, PI_4, 'warn', 'BLAS dies'),
        ('2.14.1', OLD, PI_4, 'warn', 'has no XNNPACK'),
        ('2.8.0', OLD, PI_4, 'ok', 'not tried'),
        (None, OLD, PI_4, 'error', 'not installed'),
    ],
)
def test_a_release_of_torch_is_judged_by_the_table(version, features, board, severity, said):
    found = torch_check.release(version, 'aarch64', features, board)
    assert (found.severity, said in found.finding) == (severity, True), found
    assert severity == 'ok' or 'torch==2.9.1 torchvision==0.24.1' in found.fix


def test_a_release_that_would_die_is_neither_imported_nor_given_a_partner(monkeypatch):
    monkeypatch.setattr(torch_check.platform, 'machine', lambda: 'aarch64')
    monkeypatch.setattr(torch_check, 'installed', lambda name='torch': '2.10.0')
    monkeypatch.setattr(torch_check, 'cpu_features', lambda: OLD)
    (only,) = torch_check.check(Options())
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
    found = torch_check.pair(torch, torchvision)
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
    last = list(torch_check.work(Answer(STEPS[:survived], 'died with SIGILL')))[-1]
    assert (last.name, last.finding) == (name, said)
    assert last.fix


@pytest.mark.parametrize('survived', [0, 1, 2, 3])
def test_a_torch_that_is_slow_is_not_called_broken(survived):
    said = Answer(STEPS[:survived], 'gave no answer within 60 s', late=True)
    last = list(torch_check.work(said))[-1]
    assert (last.severity, '--limit' in last.fix) == ('warn', True)


def test_a_torch_that_works_has_three_good_findings():
    assert {verdict(found) for found in torch_check.work(Answer(STEPS))} == {'ok'}


OPENCV = {'opencv': '4.11.0', 'numpy': '1.26.4', 'v4l2': True}


@pytest.mark.parametrize(
    ('said', 'versions', 'severities'),
    [
        (OPENCV, {'opencv-python-headless': '4.11.0.86'}, ['ok', 'ok']),
        (OPENCV, {'opencv-python': '4.11', 'opencv-python-headless': '4.11'}, ['warn', 'ok']),
        ({**OPENCV, 'v4l2': False}, {}, ['ok', 'error']),
        ({}, {}, ['error']),
    ],
)
def test_opencv_is_judged_by_what_it_can(said, versions, severities):
    answer = Answer((said,), '' if said else 'ImportError: numpy.core.multiarray')
    assert [*map(verdict, python_packages.opencv_findings(answer, versions))] == severities


@pytest.mark.parametrize(
    ('said', 'opencv', 'versions', 'severity', 'text'),
    [
        ({'converts': True}, OPENCV, {'cv-bridge': '1.13'}, 'ok', 'cv_bridge 1.13 converts'),
        ({'converts': True}, {**OPENCV, 'numpy': '2.1.0'}, {}, 'ok', 'of ROS converts'),
        ({'converts': True}, {**OPENCV, 'opencv': '5.0.0'}, {'cv-bridge': '1.13'}, 'error', '5.0'),
        ({}, {**OPENCV, 'numpy': '2.1.0'}, {}, 'error', 'fails beside NumPy 2.1.0: ImportError'),
        ({'converts': False}, OPENCV, {}, 'error', 'wrong colours'),
    ],
)
def test_cv_bridge_is_judged_by_its_partners_and_its_work(said, opencv, versions, severity, text):
    failure = '' if 'converts' in said else 'ImportError: x'
    found = python_packages.cv_bridge(Answer(({'rclpy': True}, said), failure), opencv, versions)
    assert (found.severity, text in found.finding) == (severity, True), found


def test_a_missing_package_of_ros_is_named():
    said = Answer(({'rclpy': True},), "ModuleNotFoundError: No module named 'vision_msgs'")
    found = python_packages.cv_bridge(said, OPENCV, {})
    assert found.finding == 'vision_msgs is not installed'
    assert found.fix == 'sudo apt install ros-$ROS_DISTRO-vision-msgs'


def test_cv_bridge_is_not_asked_for_without_ros():
    assert verdict(python_packages.cv_bridge(Answer((), 'no rclpy'), OPENCV, {})) == 'skipped'


def test_weights_are_looked_for_where_torch_would(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    monkeypatch.setattr(model, '_unreachable', lambda url: 'no network')
    gone = model.weights('resnet18')
    assert (gone.severity, 'download fails (no network)' in gone.finding) == ('error', True)
    monkeypatch.setattr(model, '_unreachable', lambda url: '')
    assert 'can be downloaded' in model.weights('resnet18').finding
    checkpoints = tmp_path / 'hub' / 'checkpoints'
    checkpoints.mkdir(parents=True)
    (checkpoints / 'resnet18_fbgemm_16fa66dd.pth').write_bytes(b'x')
    assert str(checkpoints) in model.weights('resnet18').finding
    assert 'not in the zoo' in model.weights('resnet19').finding
    assert verdict(model.weights('/no/file.pt')) == 'error'
    (tmp_path / 'm.pt').write_bytes(b'x')
    assert verdict(model.weights(str(tmp_path / 'm.pt'))) == 'ok'
