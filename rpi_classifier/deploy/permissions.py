# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Whether a login may do on a robot what deploying takes, told before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping
import os
from typing import Any

from rpi_classifier.deploy.target import RobotProcess
from rpi_classifier.errors import DeployError


def check_process(process: RobotProcess, host: str, user: str) -> None:
    """
    Check that a process can be asked to load a model.

    :raises DeployError: if it cannot.
    """
    if process.is_contained:
        raise DeployError(
            f'{host}: {process.node} (process {process.pid}) runs in a container, which has files '
            'of its own; add --no-reload with the --folder and --params-file that it mounts, and '
            'restart it'
        )
    if not process.is_open:
        raise DeployError(
            f'{host}: {process.node} runs as user {process.user}, and this login is {user}; '
            f'deploy to {process.user}@..., or add --no-reload'
        )


def check_file(found: Mapping[str, Any], host: str, user: str, *, asked_for: bool) -> None:
    """
    Check that a parameter file can be changed, and should be.

    :raises DeployError: if not.
    """
    path = found['path']
    if problem := found.get('problem'):
        raise DeployError(f'{host}: {path} {problem}; name the right file with --params-file')
    if found['installed'] and not asked_for:
        raise DeployError(
            f'{host}: {path} comes with the package, so its next installation would replace it; '
            'copy it to the home there, start with params_file:=/that/file.yaml, and repeat, or '
            'name it with --params-file to change it nevertheless'
        )
    if not found['writable']:
        raise DeployError(
            f'{host}: user {user} may not change files in {os.path.dirname(found["real"])}; log '
            'in as its owner, or keep the parameter file in a folder of this user'
        )
