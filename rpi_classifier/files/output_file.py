# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Writing files completely or not at all, and telling before the work whether that is possible."""

from __future__ import annotations

from contextlib import suppress
import os
from pathlib import Path

from rpi_classifier.files.paths import describe_path
from rpi_classifier.files.regular_file import name_mode

_PROBE_BYTES = 4096  # a full disk still takes files without content


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


def _unfinished(path: Path) -> Path:
    """Return the path of the file while it is being written."""
    return Path(f'{os.path.realpath(path)}.{os.getpid()}.part')  # another process may write, too
