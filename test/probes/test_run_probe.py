# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Running code that may crash or hang in a process of its own."""

import os
import signal

import pytest

from rpi_classifier.probes.run_probe import run_probe


@pytest.mark.parametrize(
    ('code', 'failure'),
    [
        ('pass', ''),
        ('import os, signal; os.kill(os.getpid(), signal.SIGILL)', 'died with SIGILL'),
        ('raise ImportError("no such thing")', 'ImportError: no such thing'),
        ('raise SystemExit(3)', 'ended with status 3'),
    ],
)
def test_a_process_may_die_after_it_has_printed(code, failure):
    probe = run_probe(
        '-c', f'print(\'{{"step": 1}}\', flush=True); print("noise"); {code}', limit_s=60
    )
    assert probe.values == {'step': 1}
    assert probe.failure == failure


def test_a_process_that_hangs_is_given_up_and_ended():
    code = 'import os, time; print({}, flush=True); time.sleep(1000)'.format(
        '\'{"pid": %d}\' % os.getpid()'
    )
    probe = run_probe('-c', code, limit_s=3)
    assert probe.failure == 'did not answer within 3 s'
    if 'pid' in probe.values:  # a busy machine may not come so far
        with pytest.raises(ProcessLookupError):
            os.kill(probe.values['pid'], 0)


def test_what_was_printed_counts_even_if_the_pipe_stays_open():
    """A process in a driver cannot be killed at once; here a child of it holds the pipe."""
    program = (
        'import json, subprocess, time; child = subprocess.Popen(["sleep", "1000"]); '
        'print(json.dumps({"child": child.pid}), flush=True); time.sleep(1000)'
    )
    probe = run_probe('-c', program, limit_s=5)
    assert probe.late
    os.kill(probe.values['child'], signal.SIGKILL)
