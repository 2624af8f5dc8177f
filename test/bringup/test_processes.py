# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Starting and ending the processes of nodes; how they end on signals is in test/integration."""

import subprocess

import pytest

from rpi_classifier.bringup.plan import Process
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


def test_parameters_of_a_process_come_last():
    line = command_line(Process('camera_node', ['--log-level', 'warn']), {'fps': 5.0})
    assert line[-5:] == ['--ros-args', '--log-level', 'warn', '-p', 'fps:=5.0']
