# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Processes that are asked to end at any moment of their start: status 0, and nobody complains."""

from pathlib import Path
import random
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from sensor_msgs.msg import Image
from support.ros import program_of, wait_for

from rpi_classifier.bringup.plan import EXECUTABLES

MOMENTS = 20
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COMPLAINTS = ('Traceback', 'ERROR', 'FATAL', 'Fatal', 'terminate called')
READY = {'camera_node': 'photos at', 'live_view_node': 'the live page is at'}  # others: a model


def handles_signals(process):
    """Return True once a process handles SIGTERM, or has ended."""
    status = Path(f'/proc/{process.pid}/status').read_text()
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith('SigCgt'))
    return int(mask, 16) >> (signal.SIGTERM - 1) & 1 or process.poll() is not None


@pytest.mark.parametrize('executable', EXECUTABLES)
def test_a_signal_at_any_moment_of_the_start_ends_a_process_well(start, photo_folder, executable):
    values = (f'device:={photo_folder}', 'weights:=random', 'always_on:=true')
    if executable == 'live_view_node':
        pytest.importorskip('aiohttp', reason='aiohttp is not installed')
        values = ('port:=0',)

    def begin():
        remap = ('-r', 'image:=nowhere')
        words = (word for value in values for word in ('-p', value))
        process = start(executable, *words, *remap)
        while not handles_signals(process):
            time.sleep(0.001)
        return process

    process, begun_s = begin(), time.monotonic()
    wait_for(process, READY.get(executable, 'known answer'))
    takes_s = time.monotonic() - begun_s
    process.kill()
    chance = random.Random(13)
    for moment in range(MOMENTS):
        process = begin()
        # The moment is what is tested; nothing waits for it.
        time.sleep(takes_s * 1.1 * (moment + chance.random()) / MOMENTS)
        process.send_signal(SIGNALS[moment % len(SIGNALS)])
        output = process.communicate(timeout=60)[0]
        assert process.returncode == 0, f'moment {moment}: {output}'
        assert not [word for word in COMPLAINTS if word in output], f'moment {moment}: {output}'


def test_nohup_holds(start, graph, photo_folder):
    program = (
        f'import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); {program_of("camera_node")}'
    )
    process = start('', '-p', f'device:={photo_folder}', program=program)
    wait_for(process, 'photos at')
    process.send_signal(signal.SIGHUP)
    images = graph.collect(Image, 'image_raw')
    graph.wait(lambda: images, 'images after SIGHUP')
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


START = Path(__file__).resolve().parents[2] / 'dev' / 'start.py'


@pytest.mark.parametrize('number', SIGNALS)
def test_a_signal_before_anything_is_started_ends_the_starter_well(photo_folder, number):
    with subprocess.Popen(
        [sys.executable, START, f'device:={photo_folder}'],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        while not handles_signals(process):
            time.sleep(0.001)
        process.send_signal(number)
        output = process.communicate(timeout=60)[0]
        assert (process.returncode, output) == (0, '')
