# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""An environment without torch, made of the packages of this one."""

from importlib.metadata import distributions
import os
from pathlib import Path
import re
import subprocess
import sys
import sysconfig

ROOT = Path(__file__).resolve().parents[2]
# With what they require, and what only exports models.
_LEFT_OUT = re.compile(r'(torch|nvidia|cuda|triton|executorch|sympy|networkx|onnx$|rpi)')


class TorchFree:
    """A virtual environment whose packages are links to this environment's, except torch's."""

    def __init__(self, folder):
        self.python = folder / 'bin' / 'python'
        subprocess.run(
            [sys.executable, '-m', 'venv', '--without-pip', str(folder)], check=True, timeout=60
        )
        site = Path(
            sysconfig.get_path('purelib', vars={'base': str(folder), 'platbase': str(folder)})
        )
        for source in _packages():
            target = site / source.name
            if source.exists() and not target.exists():
                target.symlink_to(source)

    def environment(self):
        """Return variables with which this package is imported from its folder."""
        return {**os.environ, 'PYTHONPATH': str(ROOT), 'TORCH_HOME': '/nowhere'}

    def run(self, *words, cwd=ROOT):
        """Run a module or a program of Python; return what it printed and how it ended."""
        return subprocess.run(
            [str(self.python), *words],
            env=self.environment(),
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, *words, **variables):
        """Start a program of Python; its output is one stream."""
        return subprocess.Popen(
            [str(self.python), *words],
            env={**self.environment(), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def has(self, module):
        """Return whether a module can be imported."""
        return self.run('-c', f'import {module}').returncode == 0


def _packages():
    """Yield the files and folders in site-packages that belong to the chosen distributions."""
    for found in distributions():
        if _LEFT_OUT.match(found.metadata['Name'].lower()):
            continue
        tops = {Path(file).parts[0] for file in found.files or () if '..' not in Path(file).parts}
        for top in sorted(tops - {'__pycache__'}):
            yield Path(found.locate_file(top))
