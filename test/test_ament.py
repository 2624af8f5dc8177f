# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

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
