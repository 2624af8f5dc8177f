# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Why ROS refuses a command line, as a sentence: rcl names places in its own source."""

from __future__ import annotations

from pathlib import Path
import re

import yaml

from rpi_classifier.config.ros_names import check_namespace
from rpi_classifier.errors import ConfigError
from rpi_classifier.files.regular_file import read_regular_file
from rpi_classifier.nodes.common.command_line import CommandLine
from rpi_classifier.wording import printable_path

_MOST_BYTES = 10 * 2**20  # of a parameter file
_SHAPE = 'write NODE:, below it ros__parameters:, below it NAME: VALUE'
# Couldn't parse remap rule: '-r image'. Error: Expected lexeme type ..., at /.../arguments.c:380
_REFUSED = re.compile(r"Couldn't parse ([\w ]+): '(\S+) (.*)'\. Error: (.*)", re.DOTALL)
_PLACE = re.compile(r'\s*,? at /\S*:\d+')


def explain_refusal(words: CommandLine, error: Exception) -> str:
    """Say in a sentence why ROS refused the command line; ``error`` is what it said itself."""
    if isinstance(error, UnicodeEncodeError):
        return f'{error.object!r} is not UTF-8; ROS takes nothing else'
    said = ' '.join(_PLACE.sub('', str(error)).split())
    if words.incomplete:
        return f'{words.incomplete!r} has nothing behind it; --help shows what to write there'
    if words.unknown:
        word = words.unknown[0]
        fix = f'-p {word}, or -r {word} for a topic' if ':=' in word else '--help for the options'
        return f'{word!r} is not an option that --ros-args has; write {fix}'
    refused = _REFUSED.search(said)
    if not refused:
        return said
    what, option, word, reason = refused.groups()
    if what == 'parameter override rule':
        return _explain_parameter(option, word, reason)
    if what == 'remap rule':
        return _explain_remapping(option, word)
    if what == 'params file':
        return f'parameter file {_explain_file(Path(word), reason)}'
    return f"'{option} {word}' is not a {what}: {reason}"


def _explain_parameter(option: str, word: str, reason: str) -> str:
    name, _, value = word.partition(':=')
    speaks_of_lexemes = reason.startswith('Expect') or not (name and value)
    cause = '' if speaks_of_lexemes else f' ({reason})'
    return f"'{option} {word}' is not a parameter{cause}; write -p NAME:=VALUE, the value in YAML"


def _explain_remapping(option: str, word: str) -> str:
    name, _, new = word.partition(':=')
    if name.rpartition(':')[2] == '__ns' and new:
        try:
            check_namespace(new)
        except ConfigError as error:
            return str(error)
        return f"'{option} {word}' is not absolute; write {option} {name}:=/{new}"
    shape = '__node:=NAME, of letters, digits and _' if '__node' in name else 'NAME:=NEW_NAME'
    return f"'{option} {word}' is not a remapping; write -r {shape}"


def _explain_file(file: Path, reason: str) -> str:
    try:
        yaml.compose(read_regular_file(file, _MOST_BYTES, ConfigError))
    except ConfigError as error:
        return str(error)
    except yaml.YAMLError as error:
        return f'{printable_path(file)} is not YAML: {_describe_mistake(error)}'
    return f'{printable_path(file)} has no parameters that ROS can read: {reason}; {_SHAPE}'


def _describe_mistake(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem and error.problem_mark:
        return f'line {error.problem_mark.line + 1}: {error.problem}'
    return str(error).splitlines()[0]
