# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which node of a robot gets the model, and which parameter file it was started with."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
import os
from typing import Any

from rpi_classifier.deploy.entries import Entry, read_entries, values_for
from rpi_classifier.errors import DeployError

DEFAULT_NODE = '/classifier'
_BY_LAUNCH = 'launch_params_'  # begins the names of files that launch writes for one start


@dataclass(frozen=True)
class ParameterSource:
    """
    Where a process has parameters from, and what it read there.

    ``path`` is that of a file, and ``real`` of what it leads to; empty for the words of the
    command line.
    """

    path: str
    real: str
    entries: tuple[Entry, ...]

    @property
    def is_temporary(self) -> bool:
        """Return True if a launch wrote the file, so nobody reads it again."""
        return os.path.basename(self.path).startswith(_BY_LAUNCH)


@dataclass(frozen=True)
class RobotProcess:
    """
    A process on the robot that has a classifier.

    ``is_open``: its environment may be read. ``is_contained``: it has files of its own.
    """

    pid: int
    node: str
    user: str
    is_open: bool
    is_contained: bool
    sources: tuple[ParameterSource, ...]
    launch_files: tuple[str, ...]

    def find_source(self, name: str) -> str:
        """Return the path of the file whose value of a parameter counts; empty if none does."""
        entries = [entry for source in self.sources for entry in source.entries]
        counts = values_for(entries, self.node).get(name)
        return next((one.path for one in self.sources if counts in one.entries), '')


def processes_of(found: Sequence[Mapping[str, Any]]) -> list[RobotProcess]:
    """Return the processes that the program ``robot_look`` found."""
    return [_process_of(one) for one in found]


def choose_process(
    processes: Sequence[RobotProcess], node: str, *, must_run: bool = True
) -> RobotProcess | None:
    """
    Return the process whose classifier gets the model; None if no classifier runs.

    :param node: the name that was asked for; empty: there must not be two.
    :param must_run: False: another node may run than the one that was asked for.
    :raises DeployError: if it is not clear which one.
    """
    wanted = f'/{node.strip("/")}' if node else ''
    fitting = [one for one in processes if wanted in ('', one.node)]
    names = ' and '.join(f'{one.node} (process {one.pid})' for one in processes)
    if len(fitting) > 1:
        raise DeployError(f'several classifiers run there: {names}; choose one with --node')
    if processes and not fitting and must_run:
        raise DeployError(
            f'--node: {wanted} does not run there, but {names}; choose one of them, or add '
            '--no-reload for a node that does not run'
        )
    return fitting[0] if fitting else None


def find_params_file(process: RobotProcess | None) -> str:
    """
    Return the parameter file that a process was started with.

    :raises DeployError: if there is none or several.
    """
    ask = 'give it with --params-file, as the robot has it'
    if process is None:
        raise DeployError(f'no classifier runs there, so its parameter file is not known; {ask}')
    plain = [one.path for one in process.sources if one.path and not one.is_temporary]
    counts = process.find_source('model')
    files = [counts] if counts in plain else plain or list(process.launch_files)
    files = list(dict.fromkeys(files))
    name = f'{process.node} (process {process.pid})'
    if not files:
        raise DeployError(f'{name} was started without a parameter file; {ask}')
    if len(files) > 1:
        raise DeployError(f'{name} was started with several files: {", ".join(files)}; {ask}')
    return files[0]


def _process_of(found: Mapping[str, Any]) -> RobotProcess:
    texts = {one['word']: one for one in found['files']}
    arguments = list(_ros_arguments(found['words']))
    sources = []
    for word, value in arguments:
        if word == '--params-file':
            sources.append(_file_source(texts[value]))
        elif word in ('-p', '--param'):
            sources.append(ParameterSource('', '', tuple(_given_entries(value))))
    return RobotProcess(
        found['pid'],
        _node_name([value for word, value in arguments if word in ('-r', '--remap')]),
        found['user'],
        found['open'],
        found['contained'],
        tuple(sources),
        tuple(found['launch_files']),
    )


def _ros_arguments(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the words between --ros-args and --, each with the next one."""
    inside = False
    for word, value in zip(words, [*words[1:], '']):
        inside = word == '--ros-args' or (inside and word != '--')
        if inside:
            yield word, value


def _node_name(remappings: Sequence[str]) -> str:
    """Return the fully qualified name that remappings, NODE:FROM:=TO, give the classifier."""
    space, name = '', DEFAULT_NODE.strip('/')
    for remapping in remappings:
        source, _, target = remapping.partition(':=')
        node, _, key = source.rpartition(':')
        if node not in ('', DEFAULT_NODE.strip('/')):
            continue
        if key == '__ns':
            space = target.strip('/')
        elif key in ('__node', '__name'):
            name = target
    return '/' + '/'.join(filter(None, (space, name)))


def _file_source(found: Mapping[str, Any]) -> ParameterSource:
    try:
        entries = read_entries(base64.b64decode(found.get('text', '')).decode())
    except (DeployError, ValueError):  # the node that runs has read it otherwise
        entries = []
    return ParameterSource(found['path'], found['real'], tuple(entries))


def _given_entries(assignment: str) -> list[Entry]:
    """Return the entry of NAME:=VALUE, or NODE:NAME:=VALUE."""
    left, _, value = assignment.partition(':=')
    node, _, name = left.rpartition(':')
    try:
        return read_entries(f'"{node or "/**"}": {{ros__parameters: {{"{name}": {value}}}}}')
    except DeployError:
        return []
