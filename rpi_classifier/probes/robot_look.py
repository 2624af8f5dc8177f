# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Finds the classifiers that run on a robot; deploy runs it there through ssh.

Needs nothing but Python, because a login through ssh has no sourced ROS and maybe an older version
of this package. Takes a line of JSON on standard input, and prints one.
"""

from __future__ import annotations

import base64
from itertools import pairwise
import json
import os
from pathlib import Path
import pwd
import re
import shutil
import sys
from typing import Any

_EXECUTABLES = ('classifier_node', 'camera_classifier')
# How scripts/run and tests start them; the words of a launcher that names them are others.
_PROGRAM = re.compile(r'import (classifier_node|camera_classifier); ?\1\(\)')
_MOST_BYTES = 1 << 20


def look_around() -> dict[str, Any]:
    """Return who logged in, and the processes with a classifier."""
    processes = [found for pid in _pids() if (found := _describe_process(pid))]
    return {
        'user': _user_name(os.getuid()),
        'rsync': shutil.which('rsync') is not None,
        'processes': processes,
    }


def _pids() -> list[int]:
    return sorted(int(name) for name in os.listdir('/proc') if name.isdigit())


def _describe_process(pid: int) -> dict[str, Any] | None:
    """Return what a process is and was given; None if it has no classifier or has ended."""
    try:
        words = _words_of(pid)
        executable = _executable_of(words)
        if not executable:
            return None
        return {
            'pid': pid,
            'executable': executable,
            'user': _user_name(os.stat(f'/proc/{pid}').st_uid),
            'open': os.access(f'/proc/{pid}/environ', os.R_OK),
            'contained': _is_in_container(pid),
            'words': words,
            'files': [_read_file(pid, word) for word in _values_of(words, '--params-file')],
            'launch_files': _launch_files(pid),
        }
    except (OSError, IndexError, ValueError):
        return None


def _is_in_container(pid: int) -> bool:
    """Return True if a process sees other files than this one; False, too, if nobody may know."""
    try:
        return not os.path.samefile('/', f'/proc/{pid}/root')
    except OSError:
        return False


def _words_of(pid: int) -> list[str]:
    raw = Path(f'/proc/{pid}/cmdline').read_bytes()
    return [os.fsdecode(word) for word in raw.split(b'\0')[:-1]]


def _executable_of(words: list[str]) -> str:
    """Return which of the executables a command line runs; empty if none of them."""
    if not words or not os.path.basename(words[0]).startswith('python'):
        return ''
    for place, word in enumerate(words[1:], start=1):
        if word == '-c':
            found = _PROGRAM.search(words[place + 1])
            return found[1] if found else ''
        if not word.startswith('-'):
            name = os.path.basename(word)
            return name if name in _EXECUTABLES else ''
    return ''


def _values_of(words: list[str], option: str) -> list[str]:
    return [value for word, value in pairwise(words) if word == option]


def _read_file(pid: int, word: str) -> dict[str, Any]:
    """Return a file of a process as it sees it; without a text if it cannot be read."""
    path = os.path.join(_folder_of(pid), word)
    found: dict[str, Any] = {'word': word, 'path': path, 'real': os.path.realpath(path)}
    try:
        if os.path.isfile(path) and os.path.getsize(path) <= _MOST_BYTES:
            found['text'] = base64.b64encode(Path(path).read_bytes()).decode()
    except OSError:
        pass
    return found


def _folder_of(pid: int) -> str:
    try:
        return os.readlink(f'/proc/{pid}/cwd')
    except OSError:  # of another user
        return '/'


def _launch_files(pid: int) -> list[str]:
    """Return the files that the launchers above a process were given as params_file:=FILE."""
    found: list[str] = []
    while (pid := _parent_of(pid)) > 1:
        given = (word.partition(':=') for word in _words_of(pid))
        files = [value for name, _, value in given if name == 'params_file' and value]
        found += [os.path.join(_folder_of(pid), os.path.expanduser(file)) for file in files]
    return found


def _parent_of(pid: int) -> int:
    stat = Path(f'/proc/{pid}/stat').read_text(errors='replace')
    return int(stat.rpartition(')')[2].split()[1])


def _user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def main() -> None:
    """Print what is found."""
    sys.stdin.readline()
    print(json.dumps(look_around()), flush=True)


if __name__ == '__main__':
    main()
