# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Writing files completely or not at all, and telling before the work whether that is possible."""

from __future__ import annotations

from contextlib import suppress
import errno
import os
from pathlib import Path
import secrets

from rpi_classifier.files.paths import describe_path
from rpi_classifier.files.regular_file import name_mode

_PROBE_BYTES = 4096  # a full disk still takes files without content
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)  # as FAT answers


def explain_unwritable(path: Path) -> str:
    """Return why a file cannot be written there, as a sentence; empty if it can."""
    shown = describe_path(path)
    if os.path.isdir(path):
        return f'{shown} is a folder; name a file in it'
    if os.path.exists(path) and not os.path.isfile(path):
        return f'{shown} is {name_mode(os.stat(path).st_mode)}; name a file'
    unfinished = _unfinished(path)
    if not os.path.isdir(unfinished.parent):
        return f'{describe_path(unfinished.parent)} is not a folder; make it first'
    try:
        with open(unfinished, 'xb') as file:
            file.write(bytes(_PROBE_BYTES))
    except FileExistsError:  # a program that was killed left it; it will be written over
        return ''
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        return f'{shown} cannot be written: {error.strerror}; name another place'
    unfinished.unlink()
    return ''


def explain_unwritable_folder(folder: Path) -> str:
    """
    Return why a folder can take no files, as a sentence; empty if it can.

    :param folder: need not exist if the folder above it does.
    """
    if os.path.lexists(folder) and not os.path.isdir(folder):
        return f'{describe_path(folder)} is not a folder; name another one'
    return explain_unwritable((folder if os.path.isdir(folder) else folder.parent) / '.try')


def write_whole_file(content: bytes, path: Path) -> None:
    """
    Write a file completely or not at all; of a link, the file that it leads to.

    :raises OSError: if it cannot be written; nothing is left behind then, and an older file stays.
    """
    unfinished = _unfinished(path)
    try:
        unfinished.unlink(missing_ok=True)
        with open(unfinished, 'xb') as file:  # follows no link that somebody put there
            file.write(content)
        unfinished.replace(os.path.realpath(path))
    finally:
        with suppress(OSError):
            unfinished.unlink()


def write_new_file(content: bytes | memoryview, path: Path, mode: int = 0o666) -> None:
    """
    Write a file that is not there yet; it appears whole, once its content is on the disk.

    :param mode: its permissions, from which the umask is taken.
    :raises FileExistsError: if the name is taken, also by a process that was faster.
    :raises OSError: if it cannot be written; nothing is left behind then.
    """
    unfinished = path.with_name(f'.{secrets.token_hex(8)}.part')
    try:
        write_synced(content, unfinished, mode)
        try:
            os.link(unfinished, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            os.close(os.open(path, _NEW, mode))  # takes the name, for a moment without content
            unfinished.replace(path)
    finally:
        with suppress(OSError):
            unfinished.unlink()


def write_synced(content: bytes | memoryview, path: Path, mode: int) -> None:
    """
    Write a file that is not there yet, and wait until its content is on the disk.

    :param mode: its permissions, from which the umask is taken.
    :raises OSError: if it exists or cannot be written; a part of it may be left behind.
    """
    with open(os.open(path, _NEW, mode), 'wb') as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unfinished(path: Path) -> Path:
    """Return the path of the file while it is being written."""
    return Path(f'{os.path.realpath(path)}.{os.getpid()}.part')  # another process may write, too
