# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Changes the parameter file of a robot and reloads its classifier; deploy runs it there by ssh.

It ends what it has begun even if the connection breaks: file and node have both the new model or
both the former one. Needs nothing but Python; what needs ROS is the program in the request, which
runs in the environment of the node. Takes a line of JSON on standard input, and prints one.
"""

from __future__ import annotations

import base64
from contextlib import suppress
import json
import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys
import time
from typing import Any

_RELOAD_LIMIT_S = 900.0  # more than the program itself waits, or the node is left half-way


class ParameterFile:
    """A parameter file that is replaced as a whole, with the former one beside it."""

    def __init__(self, path: str) -> None:
        """Take the path of a regular file."""
        self.path = path
        self.backup = ''

    def replace(self, former: bytes, content: bytes) -> str:
        """
        Write another content, unless somebody changed the file.

        :returns: why nothing was written; empty if it was.
        """
        if Path(self.path).read_bytes() != former:
            return f'{self.path} was changed meanwhile; repeat the command'
        unfinished = f'{self.path}.{os.getpid()}.part'
        try:
            with open(unfinished, 'xb') as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _copy_owner(self.path, unfinished)
            self.backup = _keep_copy(self.path)
            os.replace(unfinished, self.path)
        except OSError:
            if self.backup:
                os.unlink(self.backup)
            raise
        finally:
            with suppress(OSError):
                os.unlink(unfinished)
        return ''

    def restore(self) -> None:
        """Put the former file back, if it was replaced."""
        if self.backup:
            os.replace(self.backup, self.path)
            self.backup = ''


def _copy_owner(source: str, target: str) -> None:
    shutil.copymode(source, target)
    status = os.stat(source)
    if (status.st_uid, status.st_gid) != (os.stat(target).st_uid, os.stat(target).st_gid):
        os.chown(target, status.st_uid, status.st_gid)


def _keep_copy(path: str) -> str:
    """Copy a file to a name that was free, and return it."""
    stamp = time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())
    tails = ['', *(f'-{number}' for number in range(2, 100))]
    for tail in tails:
        backup = f'{path}.bak-{stamp}{tail}'
        try:
            with open(backup, 'xb') as file:
                file.write(Path(path).read_bytes())
            _copy_owner(path, backup)
        except FileExistsError:
            continue
        except OSError:
            with suppress(OSError):
                os.unlink(backup)
            raise
        return backup
    raise FileExistsError(17, 'has a hundred backups of this second', path)


def reload_node(request: dict[str, Any]) -> dict[str, Any]:
    """Run the program that reloads the node, with the Python and the environment of the node."""
    pid = request['pid']
    try:
        process = subprocess.run(
            [_python_of(pid), '-c', request['program'], json.dumps(request['reload'])],
            env=_environment_of(pid),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_RELOAD_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return {'problem': f'the program that reloads the node cannot be run: {error}'}
    for line in reversed(process.stdout.decode(errors='replace').splitlines()):
        with suppress(ValueError):
            answer = json.loads(line)
            if isinstance(answer, dict):
                return answer
    last = process.stderr.decode(errors='replace').strip().splitlines()[-1:]
    return {'problem': f'the program that reloads the node failed: {"".join(last)}'}


def _environment_of(pid: int) -> dict[str, str]:
    raw = Path(f'/proc/{pid}/environ').read_bytes()
    pairs = (os.fsdecode(entry).partition('=') for entry in raw.split(b'\0') if b'=' in entry)
    return {name: value for name, _, value in pairs}


def _python_of(pid: int) -> str:
    """Return the Python of a process; that of a virtual environment by its own path."""
    word = os.fsdecode(Path(f'/proc/{pid}/cmdline').read_bytes().split(b'\0')[0])
    found = shutil.which(word, path=_environment_of(pid).get('PATH'))
    return found if found and os.path.isabs(found) else os.readlink(f'/proc/{pid}/exe')


def apply_changes(request: dict[str, Any]) -> dict[str, Any]:
    """
    Change the file, reload the node, and undo both if that fails.

    :returns: the path of the backup, or the ``problem``; ``restored`` is False if the node could
        not return to the former model either.
    """
    file = ParameterFile(request['path'])
    former, content = (base64.b64decode(request[name]) for name in ('former', 'content'))
    if former != content and (problem := file.replace(former, content)):
        return {'problem': problem}
    if not request['pid']:
        return {'backup': file.backup}
    try:
        answer = reload_node(request)
    except BaseException:
        file.restore()
        raise
    if answer.get('problem'):
        file.restore()
    return {'backup': file.backup, **answer}


def main() -> None:
    """Do what standard input asks for, even if the connection breaks meanwhile."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    request = json.loads(sys.stdin.buffer.readline())
    try:
        answer = apply_changes(request)
    except OSError as error:
        answer = {'problem': f'{error.filename or request["path"]}: {error.strerror}'}
    with suppress(OSError):  # nobody listens any more
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main()
