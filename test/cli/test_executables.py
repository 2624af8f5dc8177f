# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Ctrl-C at any moment of a command: status 130 and one line, also while it imports."""

import os
from pathlib import Path
import random
import re
import signal
import subprocess
import sys
import time

import pytest

from rpi_classifier.cli import executables

MOMENTS = 5
COMMANDS = {
    'classify': ['--model', 'nowhere.pt', 'photo.jpg'],
    'deploy': ['--model', 'nowhere.pt', 'robot'],
    'doctor': ['--skip', 'camera', 'csi', 'ros'],
    'export_model': ['--weights', 'random', '--output', 'model.pt'],
    'benchmark': ['--weights', 'random', '--duration', '0.1'],
    'camera_info': ['/dev/null'],
    'collect': ['--class', 'cup', '--device', '/dev/null'],
    'train': ['photos', '--output', 'model.pt'],
    'evaluate': ['--model', 'nowhere.pt', 'photos'],
}


def begin(name, folder):
    """Start a command in a group of its own, as a shell does, and wait until our code runs."""
    program = (
        f'import sys; from rpi_classifier.cli.executables import {name}_command as command; '
        "print('ready', flush=True); sys.exit(command())"
    )
    process = subprocess.Popen(
        [sys.executable, '-c', program, *COMMANDS[name]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        start_new_session=True,
    )
    assert process.stdout.readline() == 'ready\n'
    return process


@pytest.mark.parametrize('name', COMMANDS)
def test_ctrl_c_at_any_moment_is_status_130_and_one_line(tmp_path, name):
    begun_s = time.monotonic()
    undisturbed = begin(name, tmp_path)
    undisturbed.communicate(timeout=120)
    takes_s = time.monotonic() - begun_s
    chance = random.Random(7)
    for moment in range(MOMENTS):
        with begin(name, tmp_path) as process:
            time.sleep(takes_s * (moment + chance.random()) / (MOMENTS + 1))  # what is tested
            os.killpg(process.pid, signal.SIGINT)
            complaints = process.communicate(timeout=60)[1]
        assert 'Traceback' not in complaints
        if process.returncode != undisturbed.returncode:  # it had ended before
            assert process.returncode == 130
            assert complaints == f'{name}: interrupted\n'


def test_executables_are_those_that_setup_installs():
    setup = (Path(__file__).resolve().parents[2] / 'setup.py').read_text()
    installed = re.findall(r"'(\w+) = rpi_classifier\.cli\.executables:(\w+)'", setup)
    assert [name for name, _ in installed] == [
        'classify', 'export_model', 'benchmark', 'tune', 'camera_info', 'doctor', 'collect',
        'train', 'evaluate', 'deploy',
    ]  # fmt: skip
    for name, function in installed:
        assert function == f'{name}_command'
        assert callable(getattr(executables, function))
