# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What commands share."""

import subprocess
import sys


def test_a_reader_that_leaves_early_ends_a_command_quietly():
    code = (
        'import sys; from rpi_classifier.cli.command import run_command; '
        "sys.exit(run_command('x', lambda words: [print('y' * 999) for _ in range(999)], []))"
    )
    shell = f'{sys.executable} -c "{code}" | head -c 1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(['bash', '-c', shell], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (141, '')
