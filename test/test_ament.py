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

"""What ament checks in every package, where its linters are."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [str(ROOT / name) for name in ('rpi_classifier', 'launch', 'setup.py')]


def run(module: str, arguments: list[str]) -> int:
    """Run an ament linter and return its exit status."""
    linter = pytest.importorskip(f'{module}.main', reason=f'{module} is not on PyPI')
    return linter.main(argv=arguments)


@pytest.mark.linter
def test_ament_flake8():
    # ruff sorts imports and formats; its layout differs from flake8's in these.
    configuration = ROOT / 'test' / 'ament_flake8.ini'
    assert run('ament_flake8', ['--config', str(configuration), *SOURCES]) == 0


@pytest.mark.linter
def test_ament_pep257():
    assert run('ament_pep257', [str(ROOT / 'rpi_classifier'), str(ROOT / 'launch')]) == 0


@pytest.mark.linter
def test_ament_copyright():
    assert run('ament_copyright', SOURCES) == 0


@pytest.mark.linter
def test_ament_xmllint():
    assert run('ament_xmllint', [str(ROOT / 'package.xml')]) == 0
