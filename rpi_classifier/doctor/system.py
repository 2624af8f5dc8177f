# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Checks of the processor, and of the system that was installed for it."""

from __future__ import annotations

from collections.abc import Iterator
import platform
import struct

from rpi_classifier.board import model_name
from rpi_classifier.cpu import cpu_features, has_vnni, lacks_atomics
from rpi_classifier.doctor.check_result import CheckResult, error, ok, Options, warn

_TRIED = ('x86_64', 'aarch64')
_PI_4_OR_5 = 'install a 64-bit system: Ubuntu for Raspberry Pi, or Raspberry Pi OS (64-bit)'


def check_system(options: Options) -> Iterator[CheckResult]:
    """Check the architecture and the processor."""
    machine, bits = platform.machine(), struct.calcsize('P') * 8
    yield check_architecture(machine, bits, model_name(options.root))
    yield check_processor(machine, cpu_features())


def check_architecture(machine: str, bits: int, model: str | None) -> CheckResult:
    """
    Check whether torch exists for an architecture.

    :param machine: as ``uname -m`` prints it.
    :param bits: the word size of this Python.
    :param model: the name of the board.
    """
    name = 'system.architecture'
    what = f'{machine}, {bits} bits' + (f', {model}' if model else '')
    if bits != 64:
        return error(name, f'{what}: torch needs 64', _PI_4_OR_5)
    if machine not in _TRIED:
        return warn(
            name, f'{what}: nobody has tried this processor', f'use one of {", ".join(_TRIED)}'
        )
    return ok(name, what)


def check_processor(machine: str, features: frozenset[str]) -> CheckResult:
    """Say what the instructions of the processor mean for the model."""
    if machine == 'aarch64':
        old = 'ARMv8.0 without LSE atomics, as a Raspberry Pi 4'
        what = old if lacks_atomics(machine, features) else 'ARMv8.1 or newer'
    elif machine == 'x86_64':
        old = 'without VNNI: some int8 weights are made slightly coarser'
        what = f'x86_64, {"VNNI" if has_vnni(features) else old}'
    else:
        what = machine
    return ok('system.processor', what)
