# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
A folder of photos with a record beside each, bounded in size: the oldest go first.

A photo is ``kept_NUMBER_TIME.jpg``, its record ``kept_NUMBER_TIME.json``: one line of JSON. The
number goes on from that of the newest photo, so names sort by time even if the clock is wrong, as
on a board without one. A photo appears last, and whole: where it is, its record is, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
import contextlib
from datetime import datetime, timezone
import json
import os
from pathlib import Path
import re
from typing import Any

from rpi_classifier.errors import ImageError
from rpi_classifier.files.output_file import write_synced

_PRIVATE = 0o600  # photos may show people
_OWN = re.compile(r'(kept_(\d{8,})_\d{8}T\d{9})\.(jpg|json)(\.part)?')


class KeptFolder:
    """
    Writes photos, for one thread at a time; what others put into the folder stays as it is.

    The folder is read once, and again if another one takes its place. ``bytes`` is the size of all
    photos with their records; ``evicted`` counts the photos that were deleted to make room.
    """

    def __init__(self, path: Path) -> None:
        """Prepare; the folder is made and read with the first photo."""
        self.path = path
        self.bytes = self.evicted = 0
        self._photos: deque[tuple[str, int]] = deque()  # the oldest first: name and bytes
        self._number = 0
        self._identity: tuple[int, int] | None = None

    def write(self, jpeg: memoryview, record: Mapping[str, Any], limit_bytes: int) -> None:
        """
        Add a photo, and delete the oldest ones so that all stay within the limit.

        :param record: what JSON can hold; the name of the photo is added as ``image``.
        :param limit_bytes: of all photos with their records.
        :raises ImageError: if this photo alone exceeds the limit.
        :raises OSError: if that fails; nothing of the new photo is left then.
        """
        self._open()
        self._number += 1
        now = datetime.now(timezone.utc)
        name = f'kept_{self._number:08d}_{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}'
        line = (json.dumps({'image': f'{name}.jpg', **record}) + '\n').encode()
        size = jpeg.nbytes + len(line)
        if size > limit_bytes:
            raise ImageError(
                f'one image takes {size} bytes, and all that are kept may take {limit_bytes}; '
                'raise keep_megabytes'
            )
        self._make_room(limit_bytes - size)
        self._write_both({f'{name}.json': line, f'{name}.jpg': jpeg})
        self._photos.append((name, size))
        self.bytes += size

    def _open(self) -> None:
        """Make the folder if its parent exists, and read it unless that was done."""
        with contextlib.suppress(FileExistsError):
            os.mkdir(self.path, 0o700)
        found = os.stat(self.path)
        if (found.st_dev, found.st_ino) != self._identity:
            self._read()
            self._identity = found.st_dev, found.st_ino

    def _read(self) -> None:
        """Find the photos of earlier runs; remove what was half written when they ended."""
        sizes: dict[tuple[int, str], dict[str, int]] = {}
        with os.scandir(self.path) as entries:
            for entry in entries:
                own = _OWN.fullmatch(entry.name)
                if not own or not entry.is_file(follow_symlinks=False):
                    continue
                name, number, suffix, part = own.groups()
                if part:
                    _remove_if_there(self.path / entry.name)
                else:
                    found = sizes.setdefault((int(number), name), {})
                    found[suffix] = entry.stat(follow_symlinks=False).st_size
        for (_, name), found in sizes.items():
            if 'jpg' not in found:
                _remove_if_there(self.path / f'{name}.json')
        self._photos = deque(
            (name, sum(found.values()))
            for (_, name), found in sorted(sizes.items())
            if 'jpg' in found
        )
        self._number = max((number for number, _ in sizes), default=0)
        self.bytes = sum(size for _, size in self._photos)

    def _make_room(self, limit_bytes: int) -> None:
        while self.bytes > limit_bytes:
            name, size = self._photos[0]
            for suffix in ('.jpg', '.json'):
                (self.path / f'{name}{suffix}').unlink(missing_ok=True)
            self._photos.popleft()
            self.bytes -= size
            self.evicted += 1

    def _write_both(self, contents: Mapping[str, bytes | memoryview]) -> None:
        """Write files; they appear in their order once all of them are on the disk."""
        paths = {self.path / name: data for name, data in contents.items()}
        try:
            for path, data in paths.items():
                write_synced(data, _part_of(path), _PRIVATE)
            for path in paths:
                os.rename(_part_of(path), path)
        except BaseException:
            for path in paths:
                _remove_if_there(_part_of(path))
                _remove_if_there(path)
            raise


def list_photos(folder: Path) -> list[Path]:
    """
    Return the photos that such an object has written into a folder, the newest first.

    :returns: none if the folder cannot be read.
    """
    found: list[tuple[int, str]] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            own = _OWN.fullmatch(entry.name)
            if own and own[3] == 'jpg' and not own[4] and entry.is_file(follow_symlinks=False):
                found.append((int(own[2]), entry.name))
    return [folder / name for _, name in sorted(found, reverse=True)]


def _part_of(path: Path) -> Path:
    return path.with_name(f'{path.name}.part')


def _remove_if_there(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
