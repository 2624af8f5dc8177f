# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Opening only what is a file: a named pipe would hang, a device would give data without an end.

The caller names the class of the errors, so that a model's file fails as a model does.
"""

from __future__ import annotations

import os
from pathlib import Path
import re
import stat
from typing import BinaryIO

from rpi_classifier.errors import RpiClassifierError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.wording import printable_path

_KINDS = {
    stat.S_IFDIR: 'a folder',
    stat.S_IFIFO: 'a named pipe',
    stat.S_IFSOCK: 'a socket',
    stat.S_IFCHR: 'a device',
    stat.S_IFBLK: 'a device',
}
_ADDRESS = re.compile(r'[A-Za-z][A-Za-z0-9+.-]+:/')  # pathlib makes one slash of two


def open_regular_file(path: Path, error: type[RpiClassifierError]) -> BinaryIO:
    """
    Open a regular file to read its bytes; nothing else is opened, and nothing is waited for.

    :param error: the class of the errors that are raised.
    :raises RpiClassifierError: an ``error``, if the path is not a file that can be opened.
    """
    try:
        _require_regular(path, os.stat(path).st_mode, error)  # opening a device may start it
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        file = os.fdopen(descriptor, 'rb')
    except (OSError, ValueError) as cause:
        raise error(_explain_unreadable(path, cause)) from cause
    try:
        _require_regular(path, os.fstat(descriptor).st_mode, error)  # it may have been replaced
    except RpiClassifierError:
        file.close()
        raise
    return file


def read_regular_file(path: Path, most_bytes: int, error: type[RpiClassifierError]) -> bytes:
    """
    Return the bytes of a regular file of limited size.

    :param error: the class of the errors that are raised.
    :raises RpiClassifierError: an ``error``, if the path is not a file that can be read, or the
        file is larger than ``most_bytes``.
    """
    with open_regular_file(path, error) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            data = file.read(most_bytes + 1) if size <= most_bytes else b''
        except OSError as cause:
            raise error(_explain_unreadable(path, cause)) from cause
    if max(size, len(data)) > most_bytes:
        raise error(
            f'{describe_path(path)} has {max(size, len(data)):,} bytes; '
            f'expected at most {most_bytes:,}'
        )
    return data


def size_of(path: Path) -> int:
    """Return the size of a file in bytes; 0 if there is none, or it may not be looked at."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def name_mode(mode: int) -> str:
    """Return what a path is, by the ``st_mode`` of what is not a file: ``a named pipe``."""
    return _KINDS.get(stat.S_IFMT(mode), 'something else')


def _require_regular(path: Path, mode: int, error: type[RpiClassifierError]) -> None:
    if not stat.S_ISREG(mode):
        raise error(f'{describe_path(path)} is {name_mode(mode)}, not a file; give a file')


def _explain_unreadable(path: Path, cause: OSError | ValueError) -> str:
    """Return why a path cannot be read, as a sentence; an address gets its own."""
    if isinstance(cause, FileNotFoundError) and _ADDRESS.match(str(path)):
        shown = _ADDRESS.sub(r'\g<0>/', printable_path(path))
        return f'{shown} is an address, not a file; download it and give the file'
    reason = cause.strerror if isinstance(cause, OSError) else cause  # a zero byte in the name
    return f'{describe_path(path)} cannot be read: {reason}'
