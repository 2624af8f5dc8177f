# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The cache of built models: exported files in the user's cache folder, the newest few.

Two nodes that start at the same time build the same file twice, and the second one replaces the
first. TorchScript runs code of its files, so a folder that other users may write to is not used.
"""

from __future__ import annotations

from contextlib import suppress
import os
from pathlib import Path
import stat
import time

from rpi_classifier.errors import ModelError
from rpi_classifier.files.regular_file import read_regular_file
from rpi_classifier.models.files import user_cache_folder, write_model_file

# All twelve models of the zoo come to 250 MB.
_MOST_FILES, _MOST_BYTES = 16, 512 << 20
_ABANDONED_S = 3600.0  # whoever writes a file for so long was killed


def build_cache_folder() -> Path:
    """
    Return where built models are kept.

    :raises ModelError: if the user has no home.
    """
    return user_cache_folder() / 'rpi_classifier'


class CachedBuild:
    """
    One file of the cache.

    ``trouble`` says why the cache cannot be used; it is empty as long as it can.
    """

    def __init__(self, name: str) -> None:
        """Name the file; nothing is opened."""
        self.trouble = ''
        self.path = Path(name)
        try:
            self.path = build_cache_folder() / name
        except ModelError as error:
            self.trouble = str(error)

    def read(self) -> bytes | None:
        """Return the content, which counts as used now; None if there is none or in trouble."""
        try:
            return None if self.trouble else _read(self.path)
        except ModelError as error:
            self.trouble = str(error)
            return None

    def keep(self, content: bytes) -> bool:
        """Write the file, and delete those not used for longest; False in trouble."""
        try:
            if not self.trouble:
                _write(content, self.path)
        except ModelError as error:
            self.trouble = str(error)
        return not self.trouble


def explain_no_cache(folder: Path) -> str:
    """Return why no file can be kept in a folder, which may not exist yet; empty if one can."""
    place = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    try:
        if place == folder:
            _require_private(folder)
    except ModelError as error:
        return str(error)
    writable = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    return '' if writable else f'{place} is not a folder that this user can write to'


def kept_builds(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """
    Return the files of the cache, last used first.

    :raises OSError: if the folder exists and cannot be read.
    """
    found = []
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            with suppress(FileNotFoundError):  # another node dropped it
                found.append((path, path.stat()))
    return sorted(found, key=lambda one: one[1].st_mtime_ns, reverse=True)


def _read(path: Path) -> bytes | None:
    try:
        os.stat(path)
        _require_private(path.parent)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelError(f'{path} cannot be read: {error.strerror}') from error
    content = read_regular_file(path, _MOST_BYTES, ModelError)
    with suppress(OSError):  # a file system that is read-only
        os.utime(path)
    return content


def _write(content: bytes, path: Path) -> None:
    folder = path.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_private(folder)
    except OSError as error:
        raise ModelError(f'{folder} cannot be made: {error.strerror}') from error
    write_model_file(content, path)
    _drop_oldest(folder)


def _require_private(folder: Path) -> None:
    """Refuse a folder in which other users may write."""
    info = folder.stat()
    if info.st_uid != os.geteuid() or info.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ModelError(f'{folder} can be written by other users')


def _drop_oldest(folder: Path) -> None:
    total = count = 0
    with suppress(OSError):
        for path, info in kept_builds(folder):
            if path.suffix == '.part':
                drop = time.time() - info.st_mtime > _ABANDONED_S
            else:
                total, count = total + info.st_size, count + 1
                drop = count > _MOST_FILES or (total > _MOST_BYTES and count > 1)
            if drop:
                path.unlink(missing_ok=True)
