# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a board tells of itself; a Raspberry Pi is a tree of files like its sysfs."""

from pathlib import Path

import pytest

from rpi_classifier import board
from rpi_classifier.board import Board


def write(root: Path, **files: str) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)


@pytest.fixture
def pi(tmp_path):
    """Return the root of a Raspberry Pi."""
    cpufreq = 'sys/devices/system/cpu/cpu0/cpufreq'
    files = {
        'proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0',
        'sys/class/thermal/thermal_zone0/type': 'gpu-thermal\n',
        'sys/class/thermal/thermal_zone0/temp': '50000\n',
        'sys/class/thermal/thermal_zone1/type': 'cpu-thermal\n',
        'sys/class/thermal/thermal_zone1/temp': '61835\n',
        'sys/devices/platform/soc/soc:firmware/get_throttled': '50001\n',
        f'{cpufreq}/scaling_governor': 'ondemand\n',
        f'{cpufreq}/scaling_cur_freq': '1500000\n',
        f'{cpufreq}/cpuinfo_max_freq': '1800000\n',
    }
    write(tmp_path, **files)
    return tmp_path


@pytest.fixture
def vcgencmd(tmp_path, monkeypatch):
    """Return a function that puts a program vcgencmd into the path."""

    def put(script: str) -> None:
        program = tmp_path / 'bin' / 'vcgencmd'
        write(tmp_path, **{'bin/vcgencmd': f'#!/bin/sh\n{script}\n'})
        program.chmod(0o755)
        monkeypatch.setenv('PATH', f'{program.parent}:/usr/bin:/bin')

    return put


def test_a_raspberry_pi_is_read_from_its_files(pi):
    found = board.read_board(pi)
    assert found.model == 'Raspberry Pi 4 Model B Rev 1.4'
    assert found.is_raspberry_pi
    assert found.temperature_c == pytest.approx(61.835)
    assert found.governor == 'ondemand'
    assert (found.frequency_mhz, found.frequency_max_mhz) == (1500, 1800)
    assert found.throttled == 0x50001
    assert found.throttling() == 'under-voltage now; throttled since boot'


@pytest.mark.parametrize(
    ('flags', 'sentence'),
    [
        (None, ''),
        (0, ''),
        (0x4, 'throttled now'),
        (0xF000F, 'under-voltage, frequency capped, throttled, soft temperature limit now'),
        (0x80000, 'soft temperature limit since boot'),
        (0x50005, 'under-voltage, throttled now'),
        (0x60002, 'frequency capped now; throttled since boot'),
    ],
)
def test_throttling_is_said_in_words(flags, sentence):
    assert Board(throttled=flags).throttling() == sentence


def test_vcgencmd_tells_what_sysfs_does_not(tmp_path, vcgencmd):
    vcgencmd('[ "$1" = get_throttled ] && echo throttled=0x20002 || echo "temp=48.3\'C"')
    write(tmp_path, **{'proc/device-tree/model': 'Raspberry Pi 3 Model B\0'})
    found = board.read_board(tmp_path)
    assert found.temperature_c == 48.3
    assert found.throttling() == 'frequency capped now'


@pytest.mark.parametrize('script', ['exec sleep 1000', 'echo nonsense; exit 1'])
def test_a_vcgencmd_that_hangs_or_fails_is_no_answer(tmp_path, vcgencmd, monkeypatch, script):
    monkeypatch.setattr(board, '_VCGENCMD_LIMIT_S', 0.05)
    vcgencmd(script)
    assert board.throttled(tmp_path) is None


def test_files_that_are_odd_are_no_answer(pi):
    write(
        pi,
        **{
            'sys/class/thermal/thermal_zone1/temp': 'unknown',
            'sys/devices/platform/soc/soc:firmware/get_throttled': '',
            'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': '<unknown>',
        },
    )
    found = board.read_board(pi)
    assert found.temperature_c == 50.0, 'the other zone'
    assert found.throttled is None
    assert found.frequency_mhz is None


def test_a_machine_that_tells_nothing_has_memory_load_and_disk(tmp_path):
    found = board.read_board(tmp_path)
    assert found.model is found.temperature_c is found.throttled is found.governor is None
    assert not found.is_raspberry_pi
    assert 0 < found.memory_available_mb < found.memory_total_mb
    assert 0 < found.disk_free_mb < found.disk_total_mb
    assert found.load >= 0
    assert found.cpus >= 1


def test_this_machine_can_be_read():
    assert board.read_board().memory_total_mb > 0
