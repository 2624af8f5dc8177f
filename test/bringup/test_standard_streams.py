# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The last words of a process, and one whose standard streams are closed."""

import contextlib
import os
import subprocess
import sys

import pytest

PATIENCE_S = 60
ENDS = """
import ctypes, os, sys
from rpi_classifier.bringup.standard_streams import flush_standard_streams
sys.stdout.write('words of Python')
ctypes.CDLL(None).puts(b'words of C')
print('buffered', file=sys.stderr, flush=True)
sys.stdin.read(1)
flush_standard_streams(limit_s=0.1)
os._exit(0)
"""
OPENS = """
import os, sys
from rpi_classifier.bringup.standard_streams import open_standard_streams
open_standard_streams()
print('nobody hears this', file=sys.stderr)
print('nor this', flush=True)
sys.exit(os.pipe()[0] <= 2 or not os.get_inheritable(1))
"""


@pytest.fixture
def speaker():
    """Return a process that has words in its buffers, and ends when it is told to."""
    environment = {name: os.environ[name] for name in os.environ if name != 'PYTHONUNBUFFERED'}
    with subprocess.Popen(
        [sys.executable, '-c', ENDS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        try:
            assert process.stderr.readline() == b'buffered\n'
            yield process
        finally:
            process.kill()


def test_words_in_the_buffers_of_python_and_c_are_written_before_the_end(speaker):
    said, complaints = speaker.communicate(b'!', PATIENCE_S)
    assert sorted(said.replace(b'Python', b'Python\n').split(b'\n')) == [
        b'',
        b'words of C',
        b'words of Python',
    ]
    assert (speaker.returncode, complaints) == (0, b'')


def test_nobody_reads_and_the_process_ends_nonetheless(speaker):
    speaker.stdout.close()
    speaker.stdin.write(b'!')
    speaker.stdin.close()
    assert speaker.wait(PATIENCE_S) == 0
    assert speaker.stderr.read() == b''


def test_a_full_pipe_does_not_hold_up_the_end(speaker):
    writer = os.open(f'/proc/{speaker.pid}/fd/1', os.O_WRONLY | os.O_NONBLOCK)
    try:
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writer, b'x')
        speaker.stdin.write(b'!')
        speaker.stdin.close()
        assert speaker.wait(PATIENCE_S) == 0
    finally:
        os.close(writer)


@pytest.mark.parametrize('redirections', ['0<&-', '1>&-', '2>&-', '1>&- 2>&-', '0<&- 1>&- 2>&-'])
def test_closed_streams_are_opened_and_their_descriptors_stay_taken(redirections):
    shell = ['sh', '-c', f'exec "$@" {redirections}', 'sh']
    command = [*shell, sys.executable, '-c', OPENS]
    assert subprocess.run(command, timeout=PATIENCE_S, capture_output=True).returncode == 0
