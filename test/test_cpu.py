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


def test_largest_cache_is_the_last_level(tmp_path):
    assert cpu.last_level_cache_bytes(tmp_path) == 0
    for index, size in enumerate(('48K\n', '1M', '512K', 'unknown')):
        (tmp_path / f'index{index}').mkdir()
        (tmp_path / f'index{index}' / 'size').write_text(size)
    assert cpu.last_level_cache_bytes(tmp_path) == 1 << 20
