# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What this processor can do, told without importing anything heavy."""

from __future__ import annotations

import ctypes
from pathlib import Path
import platform
import re

_AT_HWCAP = 16
_HWCAP_BITS = {'asimd': 1, 'atomics': 8, 'asimddp': 20}  # arch/arm64/include/uapi/asm/hwcap.h


def cpu_features(cpuinfo: Path = Path('/proc/cpuinfo')) -> frozenset[str]:
    """
    Return the processor's features as Linux names them: atomics, asimddp, avx2, ...

    On aarch64 three of them, from the auxiliary vector: it is right under emulation too.
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


def has_exact_byte_products() -> bool:
    """Return True unless this processor's byte multiplication can saturate."""
    if platform.machine().lower() not in ('x86_64', 'amd64'):
        return True
    return bool({'avx512_vnni', 'avx_vnni'} & cpu_features())


def _hwcap() -> int:
    getauxval = ctypes.CDLL(None).getauxval
    getauxval.restype, getauxval.argtypes = ctypes.c_ulong, [ctypes.c_ulong]
    return int(getauxval(_AT_HWCAP))
