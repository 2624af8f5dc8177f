# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The board: power, heat, clock, memory, disk."""

from __future__ import annotations

from collections.abc import Iterator
import platform

from rpi_classifier import board
from rpi_classifier.board import Board
from rpi_classifier.doctor.check_result import error, Finding, ok, Options, skipped, warn

_PI_HOT_C, _HOT_C = 80.0, 95.0  # the firmware of a Raspberry Pi slows it down from 80 on
_LITTLE_MB = 512  # free memory and swap; torch alone takes most of it
_DISK_WARN_MB, _DISK_ERROR_MB = 1024, 100
_POWER = 'use a supply of 5 V and 3 A with a short, thick cable, and fewer USB devices'
_COOLING = 'add a heat sink or a fan, or free the air around the board'


def check(options: Options) -> Iterator[Finding]:
    """Check one reading of the board."""
    found = board.read(options.root)
    yield throttling(found)
    yield temperature(found)
    yield governor(found, platform.machine())
    yield memory(found)
    yield swap(found)
    yield disk(found)


def throttling(found: Board) -> Finding:
    """Say whether a Raspberry Pi slows itself down."""
    name = 'board.throttling'
    if found.throttled is None:
        return skipped(name, 'only a Raspberry Pi tells')
    if not found.throttling():
        return ok(name, 'neither now nor since boot')
    voltage = 'under-voltage' in found.throttled_now + found.throttled_since_boot
    return warn(name, found.throttling(), _POWER if voltage else _COOLING)


def temperature(found: Board) -> Finding:
    """Say whether the processor is hot."""
    name = 'board.temperature'
    if found.temperature_c is None:
        return skipped(name, 'this machine has no sensor for it')
    what = f'{found.temperature_c:.0f} degrees Celsius'
    if found.temperature_c >= (_PI_HOT_C if found.is_raspberry_pi else _HOT_C):
        return warn(name, f'{what}: it slows itself down', _COOLING)
    return ok(name, what)


def governor(found: Board, machine: str) -> Finding:
    """Say whether the clock is kept low; on x86 powersave is a name for on demand."""
    name = 'board.governor'
    if found.governor is None:
        return skipped(name, 'this machine does not tell its clock')
    what = found.governor
    if found.frequency_mhz and found.frequency_max_mhz:
        what += f', {found.frequency_mhz:.0f} of {found.frequency_max_mhz:.0f} MHz'
    if found.governor == 'powersave' and machine == 'aarch64':
        cpus = '/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor'
        return warn(name, f'{what}: always the slowest', f'echo ondemand | sudo tee {cpus}')
    return ok(name, what)


def memory(found: Board) -> Finding:
    """Say whether torch and a model fit."""
    available, total = found.memory_available_mb or 0, found.memory_total_mb or 0
    free_swap = (found.swap_total_mb or 0) - (found.swap_used_mb or 0)
    what = f'{available:.0f} of {total:.0f} MB available'
    if available + free_swap < _LITTLE_MB:
        fix = 'end other programs, add swap, or use a board with more memory'
        return warn('board.memory', f'{what}, which is little for torch and a model', fix)
    return ok('board.memory', what)


def swap(found: Board) -> Finding:
    """Say whether the machine lives on its swap."""
    total, used = found.swap_total_mb or 0, found.swap_used_mb or 0
    if not total:
        return skipped('board.swap', 'none')
    what = f'{used:.0f} of {total:.0f} MB used'
    scarce = (found.memory_available_mb or 0) < 0.1 * (found.memory_total_mb or 0)
    if scarce and used > 0.5 * total:
        fix = 'end other programs: a machine that swaps is slow and wears out its SD card'
        return warn('board.swap', what, fix)
    return ok('board.swap', what)


def disk(found: Board) -> Finding:
    """Say whether the disk, on a board the SD card, is nearly full."""
    free = found.disk_free_mb or 0
    what = f'{free / 1024:.1f} of {(found.disk_total_mb or 0) / 1024:.1f} GB free on /'
    fix = 'sudo apt clean; journalctl --vacuum-size=50M; pip3 cache purge; a larger card'
    if free < _DISK_ERROR_MB:
        return error('board.disk', what, fix)
    return warn('board.disk', what, fix) if free < _DISK_WARN_MB else ok('board.disk', what)
