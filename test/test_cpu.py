# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

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
