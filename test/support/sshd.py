# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
A real sshd for one test, on the loopback interface: logins to this machine as this user.

A login has an empty home, so what this user put into .bashrc plays no part.
"""

from __future__ import annotations

from contextlib import contextmanager
import getpass
import os
from pathlib import Path
import shlex
import shutil
import socket
import subprocess
import time

import pytest

SSHD = shutil.which('sshd') or '/usr/sbin/sshd'
_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey "{folder}/host_key"
AuthorizedKeysFile "{folder}/key.pub"
PidFile none
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitUserEnvironment no
SetEnv "HOME={folder}/home"
"""


class Sshd:
    """What a test needs to log in."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.home = folder / 'home'
        self.host = f'{getpass.getuser()}@127.0.0.1'

    def ssh(self, *more: str, port: int = 0, key: str = 'key') -> str:
        """Return the command that logs in; it reads no file of this user."""
        words = ['ssh', '-F', 'none', '-p', str(port or self.port), '-i', f'{self.folder}/{key}']
        for option in (f'UserKnownHostsFile="{self.folder}/known_hosts"', 'IdentitiesOnly=yes'):
            words += ['-o', option]
        return shlex.join([*words, *more])


@contextmanager
def running_sshd(folder: Path, *, command: str = ''):
    """
    Run sshd until the end of the context; skip where it is not installed.

    :param command: runs in place of what a login asks for, which is in $SSH_ORIGINAL_COMMAND.
    """
    if not Path(SSHD).exists() or not shutil.which('ssh'):
        pytest.skip('sshd is not installed; apt install openssh-server openssh-client')
    for name in ('host_key', 'key', 'other_key'):
        words = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', folder / name]
        subprocess.run(words, check=True)
    if os.geteuid() == 0:
        Path('/run/sshd').mkdir(mode=0o755, exist_ok=True)  # sshd asks for it
    port = free_port()
    (folder / 'home').mkdir()
    config = _CONFIG.format(folder=folder, port=port)
    config += f'ForceCommand {command}\n' if command else ''
    (folder / 'config').write_text(config)
    host_key = ' '.join((folder / 'host_key.pub').read_text().split()[:2])
    (folder / 'known_hosts').write_text(f'[127.0.0.1]:{port} {host_key}\n')
    with open(folder / 'log', 'wb') as log:
        process = subprocess.Popen(
            [SSHD, '-D', '-e', '-f', folder / 'config'],
            stderr=log,
            env={'PATH': os.defpath},  # a login has nothing of the environment of the tests
        )
    try:
        _wait_for(port, process, folder / 'log')
        yield Sshd(folder, port)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        return int(free.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(('127.0.0.1', port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f'sshd does not listen: {log.read_text()}')
