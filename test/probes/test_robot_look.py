# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The processes that have a classifier are found by their command lines, and no others."""

import base64
import getpass
import json
from pathlib import Path
import subprocess
import sys

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / 'rpi_classifier' / 'probes' / 'robot_look.py'
WAITING = 'print(flush=True); input()\n'
LAUNCHER = 'import subprocess, sys; sys.exit(subprocess.call([sys.executable, *sys.argv[2:]]))\n'


def look():
    done = subprocess.run(
        ['/usr/bin/env', '-i', sys.executable, PROGRAM],
        input=b'{}\n',
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture
def start(tmp_path):
    """Return a starter of programs of Python that wait until the end of the test."""
    started = []

    def start(*words):
        process = subprocess.Popen(
            [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path
        )
        started.append(process)
        process.stdout.readline()
        return process

    (tmp_path / 'classifier_node').write_text(WAITING)
    (tmp_path / 'editor').write_text(WAITING)
    (tmp_path / 'launcher').write_text(LAUNCHER)
    yield start
    for process in started:
        process.communicate(b'\n')


def test_installed_executable_is_found_with_its_words_and_files(start, tmp_path):
    (tmp_path / 'my ü.yaml').write_text('a: 1\n')
    words = ['--ros-args', '--params-file', 'my ü.yaml', '--params-file', '/nowhere.yaml']
    process = start('classifier_node', *words)
    (found,) = [one for one in look()['processes'] if one['pid'] == process.pid]
    assert (found['executable'], found['user']) == ('classifier_node', getpass.getuser())
    assert (found['open'], found['contained']) == (True, False)
    assert found['words'][-5:] == words
    text = base64.b64encode(b'a: 1\n').decode()
    path = str(tmp_path / 'my ü.yaml')
    assert found['files'][0] == {'word': 'my ü.yaml', 'path': path, 'real': path, 'text': text}
    assert 'text' not in found['files'][1]


def test_launchers_above_a_process_tell_their_parameter_file(start, tmp_path):
    process = start('launcher', 'params_file:=own.yaml', 'classifier_node')
    (found,) = [
        one for one in look()['processes'] if f'{tmp_path}' in ''.join(one['launch_files'])
    ]
    assert found['launch_files'] == [f'{tmp_path}/own.yaml']
    assert found['pid'] != process.pid


def test_other_programs_that_name_an_executable_are_not_found(start):
    processes = [start('editor', 'classifier_node'), start('-u', 'editor', '-c', 'x')]
    known = {one['pid'] for one in look()['processes']}
    assert not known & {process.pid for process in processes}
