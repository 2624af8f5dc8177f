# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Starting and ending the processes of nodes; how they end on signals is in test/integration."""

import re
import subprocess

import pytest

from rpi_classifier.bringup.plan import EXECUTABLES, Process
from rpi_classifier.bringup.processes import command_line, Running, running
from rpi_classifier.errors import ConfigError

HANGS = ('sleep', '1000')


def test_nodes_end_with_the_context_even_if_it_raises(photo_folder):
    started = []

    def fail():
        with running({'composed': 'false', 'device': str(photo_folder)}) as nodes:
            started.extend(nodes.processes)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)


def test_nothing_is_started_if_an_argument_is_wrong():
    with pytest.raises(ConfigError, match="composed: 'maybe'"), running({'composed': 'maybe'}):
        pass


@pytest.mark.parametrize(('program', 'status'), [('exit 3', 3), ('kill -SEGV $$', 11)])
def test_status_is_the_worst_and_a_node_that_was_still_starting_did_not_fail(program, status):
    nodes = Running({}, [subprocess.Popen(HANGS), subprocess.Popen(['sh', '-c', program])])
    nodes.processes[1].wait()
    nodes.end()
    assert nodes.status == status


def test_each_process_gets_its_own_settings_and_all_get_what_nobody_has():
    settings = {'fps': 5.0, 'top_k': 3, 'autostart': False, 'brightness': 1}
    given = {
        executable: re.findall(r'(\w+):=', ' '.join(command_line(Process(executable), settings)))
        for executable in EXECUTABLES
    }
    assert given == {
        'camera_node': ['fps', 'autostart', 'brightness'],
        'classifier_node': ['top_k', 'autostart', 'brightness'],
        'camera_classifier': list(settings),
        'live_view_node': ['autostart', 'brightness'],
    }


def test_an_argument_without_effect_is_told_before_the_start(capfd, photo_folder):
    with running({'image': '/usb_cam/image_raw', 'device': str(photo_folder)}):
        pass
    assert 'image:=/usb_cam/image_raw has no effect: the camera in' in capfd.readouterr().err


def test_parameters_of_a_process_come_last():
    line = command_line(Process('camera_node', ['--log-level', 'warn']), {'fps': 5.0})
    assert line[-5:] == ['--ros-args', '--log-level', 'warn', '-p', 'fps:=5.0']
