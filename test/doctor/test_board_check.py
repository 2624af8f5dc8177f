# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The checks of the board."""

from dataclasses import replace

import pytest

from rpi_classifier.board import Board
from rpi_classifier.doctor import board_check

PI_4 = 'Raspberry Pi 4 Model B Rev 1.4'

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
    found = getattr(board_check, f'check_{part}')(*given)
    assert found.name == f'board.{part}'
    assert (found.severity, text in f'{found.finding} {found.fix}') == (severity, True), found


def test_powersave_is_how_x86_saves_power_on_demand():
    assert board_check.check_governor(Board(governor='powersave'), 'x86_64').severity == 'ok'
