# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The words of a node executable's command line, sorted by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

_BEGIN, _END = '--ros-args', '--'
_PARAMETER, _REMAP, _FILE = ('-p', '--param'), ('-r', '--remap'), ('--params-file',)
_OTHERS = ('-e', '--enclave', '--log-level', '--log-config-file', '--log-file-name')
_SWITCHES = ('rosout-logs', 'stdout-logs', 'external-lib-logs')  # --enable-..., --disable-...
_HELP = ('-h', '--help')


@dataclass
class CommandLine:
    """
    The words of a command line by kind.

    ``outside`` are those that do not stand after --ros-args, ``unknown`` those that do and that
    ROS does not know. ``incomplete`` is an option at the end whose value is missing.
    """

    parameters: list[str] = field(default_factory=list)
    remaps: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    incomplete: str = ''
    wants_help: bool = False


def parse_command_line(words: Sequence[str]) -> CommandLine:
    """
    Sort the words of a command line, without the program's name.

    rcl parses them again. It ignores what stands outside of --ros-args without a word.
    """
    result = CommandLine(wants_help=any(word in _HELP for word in words))
    kinds = [(_PARAMETER, result.parameters), (_REMAP, result.remaps), (_FILE, result.files)]
    takers: dict[str, list[str]] = {flag: [] for flag in _OTHERS}
    takers |= {flag: place for flags, place in kinds for flag in flags}
    known = {f'--{verb}-{name}' for verb in ('enable', 'disable') for name in _SWITCHES}
    inside, rest = False, iter(words)
    for word in rest:
        if word == _BEGIN or (inside and word == _END):
            inside = word == _BEGIN
        elif not inside:
            result.outside.append(word)
        elif word in takers:
            value = next(rest, None)
            if value is None:
                result.incomplete = word
            else:
                takers[word].append(value)
        elif word not in known:
            result.unknown.append(word)
    return result
