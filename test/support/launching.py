# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Launch files run for real, also where ros2cli is missing."""

from __future__ import annotations

from contextlib import contextmanager
import os
from pathlib import Path
import signal
import subprocess
import sys

# What `ros2 launch` does.
_PROGRAM = """
import sys
from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
arguments = [word.split(':=', 1) for word in sys.argv[2:]]
source = PythonLaunchDescriptionSource(sys.argv[1])
include = IncludeLaunchDescription(source, launch_arguments=arguments)
service = LaunchService()
service.include_launch_description(LaunchDescription([include]))
sys.exit(service.run())
"""


LAUNCH_FILE = Path(__file__).resolve().parents[2] / 'launch' / 'classifier.launch.py'


def launch_command(file: Path, *arguments: str) -> list[str]:
    """Return the command line that runs a launch file with arguments of the form name:=value."""
    return [sys.executable, '-c', _PROGRAM, str(file), *arguments]


@contextmanager
def launched(file: Path, *arguments: str):
    """Run a launch file until the end of the context, then end it as Ctrl-C does."""
    process = subprocess.Popen(launch_command(file, *arguments), start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGINT)  # launch leaves its processes to the terminal
        assert process.wait(60) == 0
