# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The linters of ament, which every ROS package has to pass; Debian has them as packages."""

import importlib.util
import os
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Set for the environment's Python, these would lead the system's to other libraries.
FOREIGN = ('LD_LIBRARY_PATH', 'PYTHONPATH', 'PYTHONHOME', 'VIRTUAL_ENV')


def run(linter: str, *arguments: str) -> None:
    """Run a linter with this Python, which has it on a robot, or with the system's."""
    environment = dict(os.environ)
    python = sys.executable
    if importlib.util.find_spec(linter) is None:
        python = shutil.which('python3', path='/usr/bin') or sys.executable
        environment = {name: environment[name] for name in environment if name not in FOREIGN}
        found = subprocess.run(
            [python, '-c', f'import {linter}.main'], env=environment, capture_output=True
        )
        if found.returncode:
            package = f'python3-{linter.replace("_", "-")}'
            pytest.skip(f'{linter} is not installed; sudo apt-get install {package}')
    done = subprocess.run(
        [python, '-m', f'{linter}.main', *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.linter
def test_ament_flake8():
    # ruff sorts imports and formats; its layout differs from flake8's in these.
    configuration = ROOT / 'test' / 'ament_flake8.ini'
    run('ament_flake8', '--config', str(configuration), 'rpi_classifier', 'launch', 'setup.py')


@pytest.mark.linter
def test_ament_pep257():
    run('ament_pep257', 'rpi_classifier', 'launch')


@pytest.mark.linter
def test_ament_xmllint():
    # Debian's linter brings the schema; others download it.
    run('ament_xmllint', 'package.xml')
