# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the processor says that it can do."""

from rpi_classifier import cpu


def test_features_are_the_processors(tmp_path, monkeypatch):
    cpuinfo = tmp_path / 'cpuinfo'
    cpuinfo.write_text('processor\t: 0\nflags\t\t: fpu avx2 avx512_vnni\nbugs\t: spectre_v1\n')
    monkeypatch.setattr(cpu.platform, 'machine', lambda: 'x86_64')
    assert cpu.cpu_features(cpuinfo) == {'fpu', 'avx2', 'avx512_vnni'}
    assert cpu.cpu_features(tmp_path / 'none') == frozenset()
    monkeypatch.setattr(cpu.platform, 'machine', lambda: 'aarch64')
    monkeypatch.setattr(cpu, '_hwcap', lambda: 0b1_0000_1111)
    assert cpu.cpu_features() == {'asimd', 'atomics'}
