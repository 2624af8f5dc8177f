# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The checks of the processor and of the system."""

import pytest

from rpi_classifier.doctor import system

PI_4 = 'Raspberry Pi 4 Model B Rev 1.4'
OLD, NEW = frozenset({'asimd'}), frozenset({'asimd', 'atomics'})


def verdict(finding):
    return finding.severity


@pytest.mark.parametrize(
    ('machine', 'bits', 'severity'),
    [
        ('x86_64', 64, 'ok'),
        ('aarch64', 64, 'ok'),
        ('aarch64', 32, 'error'),
        ('armv7l', 32, 'error'),
        ('riscv64', 64, 'warn'),
    ],
)
def test_a_system_of_32_bits_is_an_error(machine, bits, severity):
    assert verdict(system.check_architecture(machine, bits, PI_4)) == severity


def test_the_processor_of_a_pi_4_is_named():
    assert 'ARMv8.0 without LSE' in system.check_processor('aarch64', OLD).finding
    assert 'ARMv8.1' in system.check_processor('aarch64', NEW).finding
    assert 'without VNNI' in system.check_processor('x86_64', frozenset({'avx2'})).finding
