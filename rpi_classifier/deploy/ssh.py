# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
A robot behind ssh: programs of ``probes`` run there, with nothing but Python.

The command line that the robot's shell reads is always the same. Names of files travel as JSON, so
no shell sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
import json
import os
from pathlib import Path
import shlex
import shutil
import subprocess
from typing import Any

from rpi_classifier.errors import ConfigError, DeployError
from rpi_classifier.wording import printable_path

_BEGIN = b'answer to deploy:'  # what the files of a login print stands before it
# Reads a program and runs it; the program reads what follows.
_COMMAND = (
    f"exec python3 -c \"import sys; print('\\\\n{_BEGIN.decode()}'); f = sys.stdin.buffer; "
    'exec(f.read(int(f.readline() or 0)))"'
)
# ssh takes the first value of an option, so those of the user count.
_OPTIONS = (
    '-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10',
    '-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=4',
)  # fmt: skip
_NO_CONNECTION = 255  # the exit status of ssh
_NO_COMMAND = 127

# What ssh says, and what is the matter; the first one counts.
_EXPLANATIONS = (
    (
        'REMOTE HOST IDENTIFICATION HAS CHANGED',
        'its host key is not the one that is known here; if it was installed anew, run: '
        'ssh-keygen -R {host}, then: {ssh}, and compare the key',
    ),
    (
        'Host key verification failed',
        'its host key is not known here; log in once by: {ssh}, and compare the key',
    ),
    (
        'Permission denied',
        'it accepts no key of this user; run: ssh-copy-id {host}, or add -i KEY to --ssh (a key '
        'with a passphrase must be in ssh-agent, because deploy cannot ask for it)',
    ),
    ('Connection refused', 'nothing listens to ssh there; start sshd on it, or give another port'),
    ('timed out', 'it does not answer in time; is it on, and in this network?'),
    ('No route to host', 'there is no way to it; is it on, and in this network?'),
    ('Network is unreachable', 'there is no way to it; is this machine in a network?'),
    ('Could not resolve hostname', 'no machine has this name; give its address'),
)


class Robot:
    """A machine on which a user has a login by ssh."""

    def __init__(self, host: str, ssh: str = 'ssh') -> None:
        """
        Remember how the robot is reached.

        :param host: as ssh takes it: ``pi@robot``, or a name of ``~/.ssh/config``.
        :param ssh: the command with its options, as ``ssh -p 2222``.
        :raises ConfigError: if the command is not installed, or a word is not usable.
        """
        self.host = host
        self._ssh = _split_command(ssh)
        if not host or host.startswith('-') or not host.isprintable() or ' ' in host:
            raise ConfigError(f'HOST: {host!r} is not a machine; write it as in pi@robot')

    def run(
        self, program: str, request: dict[str, Any], data: bytes = b'', limit_s: float = 60.0
    ) -> dict[str, Any]:
        """
        Run a program of ``probes`` there.

        :param program: its name, as ``robot_look``.
        :param request: what it reads, as one line of JSON.
        :param data: what it reads after that.
        :returns: what it prints.
        :raises DeployError: if it cannot be run or prints nothing.
        """
        source = probe_source(program).encode()
        sent = b'%d\n%b%b\n%b' % (len(source), source, json.dumps(request).encode(), data)
        done = self._call([*self._ssh, *_OPTIONS, '--', self.host, _COMMAND], sent, limit_s)
        answer = done.stdout.rpartition(_BEGIN)[2].strip() if _BEGIN in done.stdout else b''
        if done.returncode or not answer:
            raise DeployError(self._explain(done))
        return dict(json.loads(answer))

    def copy(self, source: Path, target: str) -> bool:
        """
        Copy a file by rsync.

        :param source: a file of this machine.
        :param target: its path on the robot; an unfinished file there is continued or replaced.
        :returns: False if that failed, for whatever reason.
        """
        if not shutil.which('rsync'):
            return False
        shell = ' '.join(map(_quote_for_rsync, [*self._ssh, *_OPTIONS]))
        place = f'{_with_brackets(self.host)}:{target}'
        # -s: no shell of the robot reads the path.
        words = ['rsync', '-s', '--inplace', '-e', shell, '--', os.path.realpath(source), place]
        return self._call(words, b'', None).returncode == 0

    def _call(
        self, words: Sequence[str], sent: bytes, limit_s: float | None
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                words,
                input=sent,
                capture_output=True,
                timeout=limit_s,
                check=False,
                env={**os.environ, 'LC_ALL': 'C.UTF-8'},  # ssh's words are read
                start_new_session=True,  # Ctrl-C is for this process, which then ends that one
            )
        except subprocess.TimeoutExpired as error:
            raise DeployError(
                f'{self.host}: no answer within {limit_s:g} s; look at the robot, and repeat'
            ) from error

    def _explain(self, done: subprocess.CompletedProcess[bytes]) -> str:
        said = done.stderr.decode(errors='replace').strip()
        if done.returncode == _NO_CONNECTION:
            words = {'host': self.host, 'ssh': shlex.join([*self._ssh, self.host])}
            for key, explanation in _EXPLANATIONS:
                if key in said:
                    return f'{self.host}: {explanation.format(**words)}'
        last = printable_path(said.splitlines()[-1]) if said else f'status {done.returncode}'
        if done.returncode == _NO_COMMAND:
            return f'{self.host}: python3 is not found by a login through ssh ({last}); install it'
        if not done.returncode:
            return (
                f'{self.host}: a login through ssh does not run what it is asked to; let files '
                'such as ~/.bashrc there neither end it nor read its standard input'
            )
        return f'{self.host}: ssh failed: {last}'


def _split_command(ssh: str) -> list[str]:
    try:
        words = shlex.split(ssh)
    except ValueError as error:
        raise ConfigError(f'--ssh: {ssh!r} is not a command: {error}') from error
    if not words or not shutil.which(words[0]):
        raise ConfigError(
            f'--ssh: {ssh!r} does not begin with a command that is installed here; for ssh '
            'itself, run: sudo apt install openssh-client'
        )
    return words


def probe_source(program: str) -> str:
    """Return the text of a program of ``probes``, for a robot that has another version."""
    return files('rpi_classifier.probes').joinpath(f'{program}.py').read_text(encoding='utf-8')


def _quote_for_rsync(word: str) -> str:
    """Quote a word of the command of rsync's option -e, which no shell reads."""
    return "'" + word.replace("'", "''") + "'"


def _with_brackets(host: str) -> str:
    """Return a host as rsync takes it: an IPv6 address in brackets."""
    user, at, name = host.rpartition('@')
    return f'{user}{at}[{name}]' if ':' in name and not name.startswith('[') else host
