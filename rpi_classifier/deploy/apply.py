# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Brings a model to a robot: copies the file, changes the parameters, reloads the node."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
import os
from typing import Any

from rpi_classifier.deploy.plan import Plan
from rpi_classifier.deploy.ssh import probe_source
from rpi_classifier.errors import DeployError

_COPY_LIMIT_S = 3600.0
_RELOAD_LIMIT_S = 1000.0  # a little more than the robot takes at most


def copy_model(plan: Plan) -> str:
    """
    Copy the model under its name, as a whole or not at all.

    :returns: how it was copied: by rsync or ssh.
    :raises DeployError: if that failed.
    """
    folder, name = os.path.split(plan.target)
    unfinished = f'{folder}/.{name}.{plan.model.sha256[:8]}.part'
    paths = {'unfinished': unfinished, 'target': plan.target, 'sha256': plan.model.sha256}
    try:
        if plan.has_rsync:
            if not plan.has_folder:
                _ask(plan, {**paths, 'do': 'make_folder'})
            if plan.robot.copy(plan.model.path, unfinished):
                _ask(plan, {**paths, 'do': 'put_in_place'})
                return 'rsync'
        _ask(plan, {**paths, 'do': 'receive', 'size': len(plan.model.data)}, plan.model.data)
    except BaseException:  # Ctrl-C, too
        with suppress(DeployError):  # the robot is gone
            plan.robot.run('robot_files', {**paths, 'do': 'discard'})
        raise
    return 'ssh'


def apply_plan(plan: Plan) -> dict[str, Any]:
    """
    Change the parameter file and reload the node, both or none.

    :returns: ``backup``, the path of the former file, empty if it stays; with a node its
        ``state``, and ``same`` if it had the model already.
    :raises DeployError: if the robot did not take the model; it says what the robot does now.
    """
    changes = plan.changes
    request: dict[str, Any] = {
        'path': changes.path,
        'former': base64.b64encode(changes.former.encode()).decode(),
        'content': base64.b64encode(changes.text.encode()).decode(),
        'pid': plan.process.pid if plan.process else 0,
    }
    if plan.process:
        request['program'] = probe_source('reload_probe')
        request['reload'] = {
            'node': changes.node,
            'pid': plan.process.pid,
            'parameters': dict(changes.settings),
        }
    try:
        answer = plan.robot.run('robot_apply', request, limit_s=_RELOAD_LIMIT_S)
    except DeployError as error:  # the connection broke, for example
        raise DeployError(
            f'{error}; if the robot has begun the change, it completes or undoes it: repeat the '
            'command to see which'
        ) from error
    if problem := answer.get('problem'):
        raise DeployError(f'{plan.robot.host}: {_one_line(problem)}; {_state_after(plan, answer)}')
    return answer


def _ask(plan: Plan, request: dict[str, Any], data: bytes = b'') -> None:
    answer = plan.robot.run('robot_files', request, data, limit_s=_COPY_LIMIT_S)
    if problem := answer.get('problem'):
        raise DeployError(f'{plan.robot.host}: the model cannot be copied: {problem}')


def _state_after(plan: Plan, answer: Mapping[str, Any]) -> str:
    node, path = plan.changes.node, plan.changes.path
    if 'restored' not in answer:
        return 'nothing but the copy of the model was changed there'
    if answer['restored']:
        return f'{node} goes on as before, and {path} is the former one again'
    return (
        f'{path} is the former one again, but {node} did not return to the former model '
        f'({_one_line(answer["why"])}); restart it'
    )


def _one_line(words: str) -> str:
    return ' '.join(words.split()).rstrip('.')
