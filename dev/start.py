# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Starts the nodes as the launch file does, on machines without the launch package.

usage: start.py [name:=value ...], the arguments of launch/classifier.launch.py
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys

from fallback import without_weights

from rpi_classifier.bringup.plan import (
    ARGUMENTS,
    dds_environment,
    END_WITH_PARENT,
    Process,
    processes,
)
from rpi_classifier.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / 'config'


def parse(words: list[str]) -> dict[str, str]:
    """
    Split name:=value words.

    :raises ConfigError: naming the first word that is none.
    """
    values = {'params_file': str(CONFIG / 'classifier.yaml'), 'always_on': 'true'}
    for word in words:
        name, sign, value = word.partition(':=')
        if not sign:
            raise ConfigError(f'{word!r} is not name:=value; names are {", ".join(ARGUMENTS)}')
        values[name] = value
    return values


def command(process: Process) -> list[str]:
    """Return the command line of one process."""
    executable = Path(sys.executable).parent / process.executable
    return [str(executable), '--ros-args', *process.ros_arguments]


def supervise(commands: list[list[str]]) -> int:
    """Run several processes; when one ends or a signal comes, end the others too."""
    # Own sessions: Ctrl-C reaches this process alone, which then asks each of them once.
    environment = {**os.environ, END_WITH_PARENT: 'true'}
    children = [
        subprocess.Popen(line, start_new_session=True, env=environment) for line in commands
    ]

    asked: set[int] = set()

    def end(*_: object) -> None:
        # Once each: a second signal would hit a process that is taking itself down.
        for child in children:
            if child.pid not in asked and child.poll() is None:
                asked.add(child.pid)
                child.terminate()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)  # the first that ends; Popen reaps it
    end()
    # One that was still starting dies of the signal that asked it to end: that is no failure.
    statuses: list[int] = [
        0 if child.wait() == -signal.SIGTERM else child.returncode for child in children
    ]
    return max(map(abs, statuses))


def main() -> int:
    """Start through launch where it is importable, else directly."""
    words = sys.argv[1:]
    try:
        values = parse(words)
        processes(values)  # is anything wrong?
        values = without_weights(values)
        started = processes(values)
    except ConfigError as error:
        print(f'scripts/run: {error}', file=sys.stderr)
        return 2
    sys.stdout.flush()
    ros2 = shutil.which('ros2')
    if ros2 and importlib.util.find_spec('launch_ros'):
        # By this Python: the one that ros2 names itself does not see the environment.
        launch_file = str(ROOT / 'launch' / 'classifier.launch.py')
        given = [f'{name}:={value}' for name, value in values.items()]
        os.execv(sys.executable, [sys.executable, ros2, 'launch', launch_file, *given])
    os.environ.update(dds_environment(str(CONFIG / 'fastdds.xml'), os.environ))
    commands = [command(process) for process in started]
    if len(commands) == 1:
        os.execv(commands[0][0], commands[0])
    return supervise(commands)


if __name__ == '__main__':
    sys.exit(main())
