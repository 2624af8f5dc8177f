# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What deploying a model will change on a robot; looking changes nothing there."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
import difflib
from pathlib import Path
from typing import Any

from rpi_classifier.config.ros_names import check_full_name
from rpi_classifier.deploy.entries import read_entries, values_for
from rpi_classifier.deploy.model import (
    contradictions,
    default_of,
    explain_region,
    ModelFile,
    read_model_to_deploy,
)
from rpi_classifier.deploy.parameter_file import set_values
from rpi_classifier.deploy.permissions import check_file, check_process
from rpi_classifier.deploy.ssh import Robot
from rpi_classifier.deploy.target import (
    choose_process,
    DEFAULT_NODE,
    find_params_file,
    processes_of,
    RobotProcess,
)
from rpi_classifier.errors import ConfigError, DeployError

_RESERVE_BYTES = 1 << 20  # for the parameter file and its backup


@dataclass(frozen=True)
class DeployRequest:
    """
    What a user asks for.

    ``params_file`` and ``folder`` are paths on the robot, and ``node`` is a name there; what is
    empty is found there.
    """

    host: str
    model: Path
    params_file: str = ''
    folder: str = 'models'
    node: str = ''
    reload: bool = True
    ssh: str = 'ssh'


@dataclass(frozen=True)
class Changes:
    """
    What changes in a parameter file.

    ``path`` is that of the file itself, not of a link to it. ``settings`` are all values that it
    must have for ``node``, and ``notes`` are sentences for the user.
    """

    path: str
    node: str
    former: str
    text: str
    settings: Mapping[str, Any]
    notes: tuple[str, ...]

    @property
    def difference(self) -> str:
        """Return the changes as a unified diff; empty if there are none."""
        lines = difflib.unified_diff(
            self.former.splitlines(), self.text.splitlines(), self.path, 'changed', n=0,
            lineterm='',
        )  # fmt: skip
        return '\n'.join(lines)


@dataclass(frozen=True)
class Plan:
    """
    What will be done on the robot.

    The model is copied to ``target`` unless it ``is_there``. The folder is made for it unless the
    robot ``has_folder``. ``warnings`` say why the next start would not use it. ``process`` is the
    one that is asked to load it; None if nobody is.
    """

    robot: Robot
    model: ModelFile
    target: str
    is_there: bool
    has_folder: bool
    has_rsync: bool
    changes: Changes
    warnings: tuple[str, ...]
    process: RobotProcess | None


def plan_deployment(request: DeployRequest) -> Plan:
    """
    Look at the model and at the robot, and change nothing.

    :raises ConfigError: if an option is wrong.
    :raises ModelError: if the model file is not usable.
    :raises DeployError: if the robot cannot be reached, or cannot take the model.
    """
    for option, value in (('folder', request.folder), ('params-file', request.params_file)):
        if not value.isprintable():
            raise ConfigError(f'--{option}: {value!r} cannot stand in a parameter file; rename it')
    if request.node:
        check_full_name('--node', request.node)
    model = read_model_to_deploy(request.model)
    robot = Robot(request.host, request.ssh)
    found = robot.run('robot_look', {})
    process = choose_process(
        processes_of(found['processes']), request.node, must_run=request.reload
    )
    if process and request.reload:
        check_process(process, robot.host, found['user'])
    asked = {
        'do': 'look', 'params_file': request.params_file or find_params_file(process),
        'folder': request.folder, 'names': model.names, 'sha256': model.sha256,
    }  # fmt: skip
    files = robot.run('robot_files', asked)
    target, is_there = _place_of(model, files['folder'])
    node = process.node if process else f'/{(request.node or DEFAULT_NODE).strip("/")}'
    check_file(files['parameters'], robot.host, found['user'], asked_for=bool(request.params_file))
    changes = _change(files['parameters'], node, model, target)
    warnings = _next_start(process, changes, model) if process else []
    reloaded = process if request.reload else None
    return Plan(
        robot, model, target, is_there, files['folder']['exists'], found['rsync'], changes,
        tuple(warnings), reloaded,
    )  # fmt: skip


def _change(found: Mapping[str, Any], node: str, model: ModelFile, target: str) -> Changes:
    """Return the changes of a parameter file that let a node run a model."""
    path, real = found['path'], found['real']
    try:
        former = base64.b64decode(found['text']).decode()
    except UnicodeDecodeError as error:
        raise DeployError(f'{path} is not UTF-8 ({error.reason}); save it as UTF-8') from error
    try:
        given = {name: one.value for name, one in values_for(read_entries(former), node).items()}
        reset = contradictions(model, given)
        settings = {'model': target, 'model_sha256': model.sha256}
        settings |= {name: default_of(name) for name in reset}
        text = set_values(former, node, settings)
    except DeployError as error:
        raise DeployError(f'{path}: {error}') from error
    begin = 'returns to its default'
    notes = [f'{name}: {given[name]!r} {begin}: {why}' for name, why in reset.items()]
    if note := explain_region(model.metadata, given):
        notes.append(note)
    if real != path:
        notes.append(f'{path} leads to {real}, which is changed')
    if found['links'] > 1:
        notes.append(f'{real} has other names (hard links), which keep the former content')
    if found['installed']:
        notes.append(f'{real} comes with the package: its next installation replaces it')
    return Changes(real, node, former, text, settings, tuple(notes))


def _place_of(model: ModelFile, folder: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the path of the model on the robot, and whether it is there already."""
    path, taken = folder['folder'], folder['names']
    for name in model.names:
        if taken.get(name):
            return f'{path}/{name}', True
    if folder['problem']:
        raise DeployError(f'--folder: {folder["problem"]}; name another one')
    free = folder['free']
    if free is not None and free < len(model.data) + _RESERVE_BYTES:
        raise DeployError(
            f'{path} has {free / 1e6:.1f} MB free, and the model has '
            f'{len(model.data) / 1e6:.1f} MB; delete something there, or name another --folder'
        )
    names = [name for name in model.names if name not in taken]
    if not names:
        raise DeployError(f'{path} has other files named {" and ".join(model.names)}; rename one')
    return f'{path}/{names[0]}', False


def _next_start(process: RobotProcess, changes: Changes, model: ModelFile) -> list[str]:
    """Return why a start like the last one would not use the settings, a sentence each."""
    begin = f'process {process.pid} was started with'
    if changes.path not in [source.real for source in process.sources]:
        return [f'{begin} another file than {changes.path}; name this one at the next start']
    changed = read_entries(changes.text)
    entries = [
        entry
        for source in process.sources
        for entry in (changed if source.real == changes.path else source.entries)
    ]
    found = {name: one.value for name, one in values_for(entries, process.node).items()}
    reasons = contradictions(model, found)
    for name, value in changes.settings.items():
        if name in found and found[name] != value:
            reasons.setdefault(name, f'which counts more than {changes.path}')
    return [
        f'{begin} {name}: {found[name]!r} ({why}); leave it out at the next start'
        for name, why in reasons.items()
    ]
