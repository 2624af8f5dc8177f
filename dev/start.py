# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Starts the nodes: through the launch file where launch is installed, else directly.

usage: start.py [name:=value ...], the arguments of launch/classifier.launch.py
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
import shutil
import sys

import exit_on_signal  # noqa: F401  before the other imports, which take seconds
from fallback import without_weights

from rpi_classifier.bringup.packages import check_packages
from rpi_classifier.bringup.plan import ARGUMENTS, processes
from rpi_classifier.bringup.processes import supervise
from rpi_classifier.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


def parse(words: list[str]) -> dict[str, str]:
    """
    Split words of the form name:=value.

    :raises ConfigError: naming the first word that has another form.
    """
    values = {
        'params_file': str(ROOT / 'config' / 'classifier.yaml'),
        'always_on': 'true',
    }
    for word in words:
        name, sign, value = word.partition(':=')
        if not sign:
            raise ConfigError(f'{word!r} is not name:=value; names are {", ".join(ARGUMENTS)}')
        values[name] = value
    return values


def main() -> int:
    """Start the nodes and return the exit status."""
    try:
        values = parse(sys.argv[1:])
        check_packages(processes(values), os.environ)  # before anything is downloaded
        values = without_weights(values)
        ros2 = shutil.which('ros2')
        if ros2 and importlib.util.find_spec('launch_ros'):
            launch(ros2, values)
        return supervise(values)
    except ConfigError as error:
        print(f'scripts/run: {error}', file=sys.stderr)
        return 2


def launch(ros2: str, values: dict[str, str]) -> None:
    """Turn this process into ``ros2 launch``."""
    launch_file = str(ROOT / 'launch' / 'classifier.launch.py')
    given = [f'{name}:={value}' for name, value in values.items()]
    # By this Python: the one in the first line of ros2 does not see the environment.
    os.execv(sys.executable, [sys.executable, ros2, 'launch', launch_file, *given])


if __name__ == '__main__':
    sys.exit(main())
