# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The state of the board: temperature, throttling, clock, memory, disk.

A Raspberry Pi reports in sysfs, or through vcgencmd, that it lowers its clock; psutil reads the
rest. What a machine does not report is None. A reading is cheap enough for one every second.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
import re
import subprocess

MB = 1 << 20
_ROOT = Path('/')
_VCGENCMD_LIMIT_S = 0.5
# The firmware's flags for this moment; those since boot are 16 bits further up.
_FLAGS = ('under-voltage', 'frequency capped', 'throttled', 'soft temperature limit')
_SINCE_BOOT = 16
_CPU_ZONES = re.compile('cpu|soc|x86_pkg', re.IGNORECASE)
_CPU_SENSORS = ('cpu_thermal', 'coretemp', 'k10temp', 'zenpower', 'soc_thermal')


@dataclass(frozen=True)
class Board:
    """One reading. ``throttled`` has the firmware's flags; ``load`` is that of the last minute."""

    model: str | None = None
    temperature_c: float | None = None
    throttled: int | None = None
    governor: str | None = None
    frequency_mhz: float | None = None
    frequency_max_mhz: float | None = None
    memory_total_mb: float | None = None
    memory_available_mb: float | None = None
    swap_total_mb: float | None = None
    swap_used_mb: float | None = None
    load: float | None = None
    cpus: int | None = None
    disk_total_mb: float | None = None
    disk_free_mb: float | None = None

    @property
    def is_raspberry_pi(self) -> bool:
        """Return whether the board is a Raspberry Pi."""
        return 'Raspberry Pi' in (self.model or '')

    @property
    def throttled_now(self) -> tuple[str, ...]:
        """Return the flags that are set at this moment."""
        return _flags(self.throttled or 0)

    @property
    def throttled_since_boot(self) -> tuple[str, ...]:
        """Return the flags that were set at any time since boot."""
        return _flags((self.throttled or 0) >> _SINCE_BOOT)

    def throttling(self) -> str:
        """Return the flags of now and of before in words; empty if there are none."""
        now = self.throttled_now
        before = [flag for flag in self.throttled_since_boot if flag not in now]
        parts = [f'{", ".join(now)} now'] if now else []
        parts += [f'{", ".join(before)} since boot'] if before else []
        return '; '.join(parts)


def read_board(root: Path = _ROOT) -> Board:
    """
    Read the state of the board.

    :param root: the folder that contains /sys and /proc. Memory, load and disk are always those
        of this machine.
    """
    import psutil  # callers of model_name do without

    memory, swap, disk = psutil.virtual_memory(), psutil.swap_memory(), psutil.disk_usage('/')
    frequency = root / 'sys/devices/system/cpu/cpu0/cpufreq'
    name = model_name(root)
    return Board(
        model=name,
        temperature_c=temperature_c(root),
        throttled=throttled(root) if name and 'Raspberry Pi' in name else None,
        governor=_text(frequency / 'scaling_governor'),
        frequency_mhz=_number(frequency / 'scaling_cur_freq', 1e-3),
        frequency_max_mhz=_number(frequency / 'cpuinfo_max_freq', 1e-3),
        memory_total_mb=memory.total / MB,
        memory_available_mb=memory.available / MB,
        swap_total_mb=swap.total / MB,
        swap_used_mb=swap.used / MB,
        load=psutil.getloadavg()[0],
        cpus=psutil.cpu_count(),
        disk_total_mb=disk.total / MB,
        disk_free_mb=disk.free / MB,
    )


def model_name(root: Path = _ROOT) -> str | None:
    """Return the name of the board, as ``Raspberry Pi 4 Model B Rev 1.4``; PCs have none."""
    return _text(root / 'proc/device-tree/model')


def temperature_c(root: Path = _ROOT) -> float | None:
    """Return the temperature of the processor in degrees Celsius."""
    zones = sorted((root / 'sys/class/thermal').glob('thermal_zone*'))
    zones.sort(key=lambda zone: not _CPU_ZONES.search(_text(zone / 'type') or ''))
    for zone in zones:
        found = _number(zone / 'temp', 1e-3)
        if found is not None:
            return found
    answer = re.search(r'temp=([\d.]+)', _vcgencmd('measure_temp'))
    if answer:
        return float(answer.group(1))
    return _sensor_c() if root == _ROOT else None


def throttled(root: Path = _ROOT) -> int | None:
    """Return the flags of a Raspberry Pi's firmware, as ``vcgencmd get_throttled`` prints them."""
    for path in root.glob('sys/devices/platform/soc*/soc*:firmware/get_throttled'):
        text = _text(path)
        if text and re.fullmatch('[0-9a-fA-F]+', text):
            return int(text, 16)
    answer = re.search(r'throttled=0x([0-9a-fA-F]+)', _vcgencmd('get_throttled'))
    return int(answer.group(1), 16) if answer else None


def _flags(bits: int) -> tuple[str, ...]:
    return tuple(name for bit, name in enumerate(_FLAGS) if bits >> bit & 1)


def _vcgencmd(question: str) -> str:
    try:
        done = subprocess.run(
            ['vcgencmd', question], capture_output=True, text=True, timeout=_VCGENCMD_LIMIT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return ''
    return done.stdout


def _sensor_c() -> float | None:
    import psutil

    sensors = psutil.sensors_temperatures()
    for name in _CPU_SENSORS:
        for sensor in sensors.get(name, ()):
            return float(sensor.current)
    return None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(errors='replace').strip('\0 \n')
    except OSError:
        return None


def _number(path: Path, scale: float) -> float | None:
    try:
        return int(_text(path) or '') * scale
    except ValueError:
        return None
