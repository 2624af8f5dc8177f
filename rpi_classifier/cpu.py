# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What this processor can do, found without importing anything heavy."""

from __future__ import annotations

from collections.abc import Collection
import ctypes
from pathlib import Path
import platform
import re

_AT_HWCAP = 16
_HWCAP_BITS = {'asimd': 1, 'atomics': 8, 'asimddp': 20}  # arch/arm64/include/uapi/asm/hwcap.h


def cpu_features(cpuinfo: Path = Path('/proc/cpuinfo')) -> frozenset[str]:
    """
    Return the features of the processor by Linux's names: atomics, asimddp, avx2, ...

    On aarch64 these are at most three, from the auxiliary vector, because an emulator shows the
    /proc/cpuinfo of its host.
    """
    if platform.machine() == 'aarch64':
        bits = _hwcap()
        return frozenset(name for name, bit in _HWCAP_BITS.items() if bits >> bit & 1)
    try:
        text = cpuinfo.read_text(errors='replace')
    except OSError:
        return frozenset()
    line = re.search(r'^(?:flags|Features)\s*:(.*)$', text, re.MULTILINE)
    return frozenset(line.group(1).split()) if line else frozenset()


def processor_name(cpuinfo: Path = Path('/proc/cpuinfo')) -> str:
    """Return the processor's name, as Linux shows it on PCs, or else its architecture."""
    try:
        text = cpuinfo.read_text(errors='replace')
    except OSError:
        text = ''
    line = re.search(r'^model name\s*:\s*(.+)$', text, re.MULTILINE)
    return line[1].strip() if line else platform.machine()


def lacks_atomics(machine: str, features: Collection[str]) -> bool:
    """
    Return whether this is an ARMv8.0 processor, without the atomic instructions (LSE) of ARMv8.1.

    :param machine: as ``platform.machine`` returns it.
    :param features: as ``cpu_features`` returns them.
    """
    return machine == 'aarch64' and 'atomics' not in features


def has_vnni(features: Collection[str]) -> bool:
    """Return whether an x86 processor has instructions for products of bytes (VNNI)."""
    return not {'avx512_vnni', 'avx_vnni'}.isdisjoint(features)


def has_exact_byte_products() -> bool:
    """Return False if sums of byte products can saturate: on x86 without VNNI."""
    if platform.machine().lower() not in ('x86_64', 'amd64'):
        return True
    return has_vnni(cpu_features())


def last_level_cache_bytes(root: Path = Path('/sys/devices/system/cpu/cpu0/cache')) -> int:
    """Return the size of the largest cache; 0 if the kernel does not report any."""
    sizes = [0]
    for path in root.glob('index*/size'):
        size = re.fullmatch(r'(\d+)([KM])\s*', path.read_text())
        if size:
            sizes.append(int(size[1]) << (10 if size[2] == 'K' else 20))
    return max(sizes)


def _hwcap() -> int:
    getauxval = ctypes.CDLL(None).getauxval
    getauxval.restype, getauxval.argtypes = ctypes.c_ulong, [ctypes.c_ulong]
    return int(getauxval(_AT_HWCAP))
