# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Checks of the board: power, heat, clock, memory, disk."""

from __future__ import annotations

from collections.abc import Iterator
import platform

from rpi_classifier.board import Board, read_board
from rpi_classifier.doctor.check_result import CheckResult, error, ok, Options, skipped, warn

_PI_HOT_C, _HOT_C = 80.0, 95.0  # a Raspberry Pi's firmware lowers the clock from 80 on
_LITTLE_MB = 512  # of memory and swap; torch alone takes most of it
_DISK_WARN_MB, _DISK_ERROR_MB = 1024, 100
_POWER = 'use a supply of 5 V and 3 A with a short, thick cable, and fewer USB devices'
_COOLING = 'add a heat sink or a fan, or free the air around the board'


def check_board(options: Options) -> Iterator[CheckResult]:
    """Check one reading of the board."""
    found = read_board(options.root)
    yield check_throttling(found)
    yield check_temperature(found)
    yield check_governor(found, platform.machine())
    yield check_memory(found)
    yield check_swap(found)
    yield check_disk(found)


def check_throttling(found: Board) -> CheckResult:
    """Check whether a Raspberry Pi lowers its clock, or has done so since boot."""
    name = 'board.throttling'
    if found.throttled is None:
        return skipped(name, 'only a Raspberry Pi reports it')
    if not found.throttling():
        return ok(name, 'neither now nor since boot')
    voltage = 'under-voltage' in found.throttled_now + found.throttled_since_boot
    return warn(name, found.throttling(), _POWER if voltage else _COOLING)


def check_temperature(found: Board) -> CheckResult:
    """Check whether the processor is so hot that it lowers its clock."""
    name = 'board.temperature'
    if found.temperature_c is None:
        return skipped(name, 'this machine has no sensor for it')
    what = f'{found.temperature_c:.0f} degrees Celsius'
    if found.temperature_c >= (_PI_HOT_C if found.is_raspberry_pi else _HOT_C):
        return warn(name, f'{what}: it slows itself down', _COOLING)
    return ok(name, what)


def check_governor(found: Board, machine: str) -> CheckResult:
    """Check whether the governor keeps the clock low; on x86 powersave means on demand."""
    name = 'board.governor'
    if found.governor is None:
        return skipped(name, 'this machine does not report its clock')
    what = found.governor
    if found.frequency_mhz and found.frequency_max_mhz:
        what += f', {found.frequency_mhz:.0f} of {found.frequency_max_mhz:.0f} MHz'
    if found.governor == 'powersave' and machine == 'aarch64':
        cpus = '/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor'
        return warn(name, f'{what}: always the slowest', f'echo ondemand | sudo tee {cpus}')
    return ok(name, what)


def check_memory(found: Board) -> CheckResult:
    """Check whether torch and a model fit into the memory."""
    available, total = found.memory_available_mb or 0, found.memory_total_mb or 0
    free_swap = (found.swap_total_mb or 0) - (found.swap_used_mb or 0)
    what = f'{available:.0f} of {total:.0f} MB available'
    if available + free_swap < _LITTLE_MB:
        fix = 'end other programs, add swap, or use a board with more memory'
        return warn('board.memory', f'{what}, which is little for torch and a model', fix)
    return ok('board.memory', what)


def check_swap(found: Board) -> CheckResult:
    """Check whether the machine has to swap."""
    total, used = found.swap_total_mb or 0, found.swap_used_mb or 0
    if not total:
        return skipped('board.swap', 'none')
    what = f'{used:.0f} of {total:.0f} MB used'
    scarce = (found.memory_available_mb or 0) < 0.1 * (found.memory_total_mb or 0)
    if scarce and used > 0.5 * total:
        fix = 'end other programs: a machine that swaps is slow and wears out its SD card'
        return warn('board.swap', what, fix)
    return ok('board.swap', what)


def check_disk(found: Board) -> CheckResult:
    """Check whether the disk, on a board the SD card, is nearly full."""
    free = found.disk_free_mb or 0
    what = f'{free / 1024:.1f} of {(found.disk_total_mb or 0) / 1024:.1f} GB free on /'
    fix = 'sudo apt clean; journalctl --vacuum-size=50M; pip3 cache purge; or use a larger card'
    if free < _DISK_ERROR_MB:
        return error('board.disk', what, fix)
    return warn('board.disk', what, fix) if free < _DISK_WARN_MB else ok('board.disk', what)
