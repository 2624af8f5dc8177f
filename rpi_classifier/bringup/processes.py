# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Starts, supervises and ends the nodes' processes on machines without the launch package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any, NoReturn

from rpi_classifier.bringup.packages import check_packages, executable_path
from rpi_classifier.bringup.plan import (
    dds_environment,
    END_WITH_PARENT,
    OWN_PACKAGE,
    Process,
    processes,
)
from rpi_classifier.bringup.unused_arguments import unused_arguments
from rpi_classifier.config import CameraConfig, ClassifierConfig, LiveViewConfig

# The parameters of the nodes in them.
_CONFIGS = {
    'camera_node': (CameraConfig,),
    'classifier_node': (ClassifierConfig,),
    'camera_classifier': (CameraConfig, ClassifierConfig),
    'live_view_node': (LiveViewConfig,),
}

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# In the source tree; an installed package goes without, its config/ is in share/.
_PROFILE = Path(__file__).resolve().parents[2] / 'config' / 'fastdds.xml'


@dataclass
class Running:
    """Processes of nodes, and the environment in which other programs find them."""

    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, process: Process, settings: Mapping[str, Any]) -> None:
        """
        Start a process in a session of its own, so that Ctrl-C reaches only its parent.

        :param settings: parameters for all nodes that have them.
        """
        line = command_line(process, settings)
        self.processes.append(subprocess.Popen(line, env=self.environment, start_new_session=True))

    def end(self) -> None:
        """Ask each process once to end, and wait until all have ended."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()

    @property
    def status(self) -> int:
        """Return the worst exit status of processes that have ended."""
        # A process that was still starting dies of the signal by which it is asked to end.
        statuses = [process.returncode for process in self.processes]
        return max((abs(status) for status in statuses if status != -signal.SIGTERM), default=0)


@contextmanager
def running(
    given: Mapping[str, str], settings: Mapping[str, Any] | None = None, *, isolated: bool = True
) -> Iterator[Running]:
    """
    Run the nodes until the end of the context.

    :param given: arguments of the launch file.
    :param settings: parameters for all nodes that have them.
    :param isolated: run them on a ROS domain of their own, on this machine only.
    :raises ConfigError: if an argument is wrong or a package is missing; then nothing is started.
    """
    plan = processes(given)
    for warning in unused_arguments(given):
        print(f'rpi_classifier: {warning}', file=sys.stderr)
    check_packages(plan, os.environ)
    nodes = Running(_environment(isolated))
    try:
        for process in plan:
            nodes.start(process, settings or {})
        yield nodes
    finally:
        nodes.end()


def supervise(given: Mapping[str, str]) -> int:
    """
    Run the nodes until one of them ends, or a signal comes; then end the others too.

    Call this on the main thread of a process that has no other children.

    :param given: arguments of the launch file.
    :returns: the worst exit status of the nodes.
    :raises ConfigError: if an argument is wrong.
    """
    for number in _SIGNALS:
        signal.signal(number, _interrupt_once)
    nodes = None
    try:
        with running(given, isolated=False) as nodes:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)  # Popen reaps it
    except KeyboardInterrupt:
        pass
    return nodes.status if nodes else 0


def command_line(process: Process, settings: Mapping[str, Any] | None = None) -> list[str]:
    """
    Return the command line of a process; nodes of this package are run by this Python.

    :param settings: parameters for all nodes that have them.
    """
    parameters = [
        word
        for name, value in (settings or {}).items()
        if _takes(process, name)
        for word in ('-p', f'{name}:={value}')
    ]
    if process.package == OWN_PACKAGE:
        command = [sys.executable, '-c', program_of(process.executable)]
    else:
        command = [str(executable_path(process, os.environ))]
    if process.namespace:
        parameters += ['-r', f'__ns:=/{process.namespace.strip("/")}']
    return [*command, '--ros-args', *process.ros_arguments, *parameters]


def _takes(process: Process, parameter: str) -> bool:
    """Return True unless a parameter is one of the other process alone."""
    if process.package != OWN_PACKAGE:
        return True
    takers = {
        executable
        for executable, kinds in _CONFIGS.items()
        if any(field.name == parameter for kind in kinds for field in fields(kind))
    }
    return process.executable in takers or not takers  # the nodes warn of what nobody has


def program_of(executable: str) -> str:
    """Return Python code that runs an executable, whether or not the package is installed."""
    return f'from rpi_classifier.nodes.executables import {executable}; {executable}()'


def _interrupt_once(*_: object) -> NoReturn:
    # A second Ctrl-C would leave nodes behind that are about to end.
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _environment(isolated: bool) -> dict[str, str]:
    result = {**os.environ, END_WITH_PARENT: 'true'}
    if _PROFILE.exists():
        result.update(dds_environment(str(_PROFILE), os.environ))
    if isolated:
        result['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
        result['ROS_DOMAIN_ID'] = str(1 + os.getpid() % 100)
    return result
