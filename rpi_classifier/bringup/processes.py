# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The real nodes as processes, as they run on a robot, for whoever measures them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

from rpi_classifier.bringup.plan import dds_environment, EXECUTABLES, Process, processes

# Of the source tree; an installed package has it elsewhere and goes without.
PROFILE = Path(__file__).resolve().parents[2] / 'config' / 'fastdds.xml'


@dataclass
class Running:
    """Processes, and the environment in which others find them."""

    processes: list[subprocess.Popen[bytes]]
    environment: dict[str, str]


@contextmanager
def running(given: Mapping[str, str], settings: Mapping[str, Any]) -> Iterator[Running]:
    """
    Run the nodes on a ROS domain of their own, until the end of the context.

    :param given: arguments of the launch file.
    :param settings: parameters for all nodes that have them.
    """
    environment = {
        **os.environ,
        **(dds_environment(str(PROFILE), os.environ) if PROFILE.exists() else {}),
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
        'ROS_DOMAIN_ID': str(1 + os.getpid() % 100),
    }
    nodes = [
        subprocess.Popen(_command(process, settings), env=environment)
        for process in processes(given)
    ]
    try:
        yield Running(nodes, environment)
    finally:
        for node in nodes:
            node.send_signal(signal.SIGINT)
        for node in nodes:
            node.wait()


def _command(process: Process, settings: Mapping[str, Any]) -> list[str]:
    code = f'from {EXECUTABLES[process.executable]} import main; main()'
    arguments = [word for name, value in settings.items() for word in ('-p', f'{name}:={value}')]
    return [sys.executable, '-c', code, '--ros-args', *process.ros_arguments, *arguments]
