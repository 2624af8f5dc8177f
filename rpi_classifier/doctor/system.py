# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The processor and whether the system is made for it."""

from __future__ import annotations

from collections.abc import Iterator
import platform
import struct

from rpi_classifier import board
from rpi_classifier.cpu import cpu_features
from rpi_classifier.doctor.check_result import error, Finding, ok, Options, warn

_TRIED = ('x86_64', 'aarch64')
_PI_4_OR_5 = 'install a 64-bit system: Ubuntu for Raspberry Pi, or Raspberry Pi OS (64-bit)'


def check(options: Options) -> Iterator[Finding]:
    """Check architecture and processor."""
    machine, bits = platform.machine(), struct.calcsize('P') * 8
    yield architecture(machine, bits, board.model(options.root))
    yield processor(machine, cpu_features())


def architecture(machine: str, bits: int, model: str | None) -> Finding:
    """
    Say whether torch exists for it.

    :param machine: as ``uname -m``.
    :param bits: of this Python.
    :param model: the board's name.
    """
    name = 'system.architecture'
    what = f'{machine}, {bits} bits' + (f', {model}' if model else '')
    if bits != 64:
        return error(name, f'{what}: torch needs 64', _PI_4_OR_5)
    if machine not in _TRIED:
        return warn(name, f'{what}: never tried', f'use one of {", ".join(_TRIED)}')
    return ok(name, what)


def processor(machine: str, features: frozenset[str]) -> Finding:
    """Say what its instructions mean for the model."""
    if machine == 'aarch64':
        lacks = 'ARMv8.0 without LSE atomics, as a Raspberry Pi 4'
        what = 'ARMv8.1 or newer' if 'atomics' in features else lacks
    elif machine == 'x86_64':
        vnni = bool({'avx512_vnni', 'avx_vnni'} & features)
        lacks = 'without VNNI: some int8 weights are made slightly coarser'
        what = f'x86_64, {"VNNI" if vnni else lacks}'
    else:
        what = machine
    return ok('system.processor', what)
