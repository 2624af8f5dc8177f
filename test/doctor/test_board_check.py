# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The checks of doctor on hardware: the camera, a Raspberry Pi's connector, the board."""

from dataclasses import replace

import pytest

from rpi_classifier.board import Board
from rpi_classifier.camera.v4l2 import Format, Size
from rpi_classifier.config import CameraConfig
from rpi_classifier.doctor import board_check, camera, csi
from rpi_classifier.doctor.check_result import Options
from rpi_classifier.errors import CameraForbidden

PI_4, PI_5 = 'Raspberry Pi 4 Model B Rev 1.4', 'Raspberry Pi 5 Model B Rev 1.0'


def verdict(finding):
    return finding.severity


def only(check, **options):
    (found,) = check(Options(**options))
    return found


def test_a_camera_that_is_absent_is_a_warning_and_photos_are_none(photo_folder, monkeypatch):
    absent = only(camera.check, device='/dev/video_nowhere')
    assert (absent.severity, 'plug it in' in absent.fix) == ('warn', True)
    assert verdict(only(camera.check, device=str(photo_folder))) == 'ok'
    assert verdict(only(camera.check, device='/dev/null')) == 'error'

    def forbid(path):
        raise CameraForbidden('may not be opened; sudo usermod -aG video $USER')

    monkeypatch.setattr(camera, 'inspect', forbid)
    forbidden = only(camera.check, device='/dev/null')
    assert (forbidden.severity, forbidden.fix) == ('error', 'sudo usermod -aG video $USER')


@pytest.mark.parametrize(
    ('fourcc', 'rates', 'severity', 'text'),
    [
        ('YUYV', (60.0, 30.0), 'ok', 'YUYV reaches 60 fps'),
        ('MJPG', (30.0,), 'ok', 'MJPG reaches 30 fps'),
        ('YUYV', (10.0,), 'warn', 'asked for are 36'),
        ('YUYV', (), 'ok', 'does not tell its rates'),
        ('H264', (30.0,), 'error', 'gives only H264'),
    ],
)
def test_formats_are_judged_by_the_rate_that_is_asked_for(fourcc, rates, severity, text):
    offered = [Format(fourcc, '', (Size(640, 480, rates),))]
    found = camera.modes('/dev/video0', offered, CameraConfig())
    assert (found.severity, text in found.finding) == (severity, True), found


def test_who_uses_the_camera_is_named_unless_it_is_ours(monkeypatch):
    monkeypatch.setattr(camera.v4l2, 'is_busy', lambda path: True)
    monkeypatch.setattr(camera, 'users', lambda path: ['cheese (pid 1)'])
    assert 'in use by cheese (pid 1)' in camera.in_use('/dev/video0').finding
    monkeypatch.setattr(camera, '_is_ours', lambda user: True)
    assert verdict(camera.in_use('/dev/video0')) == 'ok'


def pi(root, *, model=PI_4, release='bullseye', config='', camera_name=''):
    """Write the files of a Raspberry Pi."""
    files = {
        'proc/device-tree/model': f'{model}\0',
        'etc/os-release': f'NAME="X"\nVERSION_CODENAME={release}\n',
        'boot/config.txt': config,
        'sys/class/video4linux/video10/name': 'bcm2835-codec-decode\n',
    }
    if camera_name:
        files['sys/class/video4linux/video0/name'] = f'{camera_name}\n'
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    return root


TUTORIAL = 'start_x=1\ngpu_mem=128\n#camera_auto_detect=1\n'


@pytest.mark.parametrize(
    ('given', 'severity', 'text'),
    [
        ({'config': TUTORIAL}, 'ok', 'has the lines'),
        ({'config': TUTORIAL, 'camera_name': 'mmal service 16.1'}, 'ok', 'mmal service'),
        ({'config': 'camera_auto_detect=1\n'}, 'warn', 'add start_x=1 and gpu_mem=128, put #'),
        ({'config': '[pi3]\n' + TUTORIAL}, 'warn', 'add start_x=1 and gpu_mem=128'),
        ({'config': '[pi3]\ngpu_mem=64\n[all]\n' + TUTORIAL}, 'ok', 'has the lines'),
        ({'config': 'start_x=1\ngpu_mem=64\n'}, 'warn', 'add gpu_mem=128'),
        ({'release': 'bookworm', 'config': TUTORIAL}, 'warn', 'libcamera only'),
        ({'release': 'noble', 'camera_name': 'unicam-image'}, 'warn', 'libcamera only'),
        ({'release': 'bookworm', 'camera_name': 'USB Camera'}, 'ok', 'USB Camera'),
        ({'model': PI_5, 'camera_name': 'rp1-cfe-csi2_ch0'}, 'warn', 'libcamera only'),
        ({'model': 'Radxa ROCK 5B'}, 'skipped', 'no Raspberry Pi'),
    ],
)
def test_the_camera_connector_of_a_pi(tmp_path, given, severity, text):
    found = only(csi.check, root=pi(tmp_path, **given))
    assert (found.severity, text in f'{found.finding} {found.fix}') == (severity, True), found


def test_the_newer_place_of_the_boot_configuration_comes_first(tmp_path):
    pi(tmp_path, config='# moved to firmware/\n')
    (tmp_path / 'boot/firmware').mkdir()
    (tmp_path / 'boot/firmware/config.txt').write_text(TUTORIAL)
    assert 'boot/firmware/config.txt has the lines' in only(csi.check, root=tmp_path).finding


WELL = Board(
    model=PI_4,
    temperature_c=55.0,
    throttled=0,
    governor='ondemand',
    frequency_mhz=1500.0,
    frequency_max_mhz=1800.0,
    memory_total_mb=3800.0,
    memory_available_mb=2900.0,
    swap_total_mb=100.0,
    swap_used_mb=10.0,
    disk_total_mb=29000.0,
    disk_free_mb=9000.0,
)
PARTS = ('throttling', 'temperature', 'governor', 'memory', 'swap', 'disk')


@pytest.mark.parametrize(
    ('part', 'change', 'severity', 'text'),
    [
        *((part, {}, 'ok', '') for part in PARTS),
        ('throttling', {'throttled': 0x50001}, 'warn', 'supply of 5 V'),
        ('throttling', {'throttled': 0x80008}, 'warn', 'heat sink'),
        ('throttling', {'throttled': None}, 'skipped', ''),
        ('temperature', {'temperature_c': 81.0}, 'warn', 'slows itself down'),
        ('temperature', {'temperature_c': 81.0, 'model': None}, 'ok', '81 degrees'),
        ('temperature', {'temperature_c': None}, 'skipped', ''),
        ('governor', {'governor': 'powersave'}, 'warn', 'always the slowest'),
        ('governor', {'governor': None}, 'skipped', ''),
        ('memory', {'memory_available_mb': 200.0}, 'warn', '200 of 3800 MB'),
        ('swap', {'swap_total_mb': 0.0}, 'skipped', ''),
        ('swap', {'swap_used_mb': 90.0, 'memory_available_mb': 200.0}, 'warn', 'SD card'),
        ('swap', {'swap_used_mb': 90.0}, 'ok', ''),
        ('disk', {'disk_free_mb': 500.0}, 'warn', '0.5 of 28.3 GB'),
        ('disk', {'disk_free_mb': 50.0}, 'error', 'larger card'),
    ],
)
def test_the_board(part, change, severity, text):
    given = (replace(WELL, **change), *(['aarch64'] if part == 'governor' else []))
    found = getattr(board_check, part)(*given)
    assert found.name == f'board.{part}'
    assert (found.severity, text in f'{found.finding} {found.fix}') == (severity, True), found


def test_powersave_is_how_x86_saves_power_on_demand():
    assert verdict(board_check.governor(Board(governor='powersave'), 'x86_64')) == 'ok'
