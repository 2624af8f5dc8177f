# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The camera tests of test/vm, inside a machine that has a camera."""

import os
from pathlib import Path
import subprocess
import sys

import pytest

VM = Path(__file__).resolve().parents[1] / 'vm'
LIMIT_S = 900  # on a machine that does much else


@pytest.mark.camera
@pytest.mark.timeout(LIMIT_S + 30)
def test_camera_against_the_virtual_driver(capsys):
    """Run all of test/vm in one boot and one process: importing OpenCV there takes 15 s."""
    check = subprocess.run([VM / 'with_camera', '--check'], capture_output=True, text=True)
    if check.returncode:
        pytest.skip(check.stderr.strip())
    # Without the conftest.py outside of test/vm, which imports torch: minutes in the machine.
    command = [VM / 'with_camera', '--timeout', str(LIMIT_S), '--', sys.executable, '-m', 'pytest']
    options = ['-v', '--confcutdir', VM, '--rootdir', VM.parent.parent, VM]
    with capsys.disabled():
        print()
        with subprocess.Popen(
            [*command, *options],
            cwd=VM.parent.parent,
            env={**os.environ, 'PYTHONDONTWRITEBYTECODE': '1'},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as inner:
            try:
                for line in inner.stdout:
                    print(f'  | {line}', end='', flush=True)
            finally:
                inner.terminate()
    assert inner.returncode == 0, 'tests inside the machine failed, see above'
