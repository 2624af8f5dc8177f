# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Pictures for own classes, which viewers put into folders on the robot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from collections.abc import Collection as Container
import os
from pathlib import Path
import time
from typing import TypeVar

from rpi_classifier.collect.class_folders import count_photos, find_classes, photos_of_class
from rpi_classifier.collect.folder import check_class_name, ClassFolder, explain_divided
from rpi_classifier.collect.sort import SortedFolder
from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import Refused, RpiClassifierError
from rpi_classifier.files.paths import describe_path, is_within
from rpi_classifier.files.regular_file import size_of
from rpi_classifier.images.decode import decode_image
from rpi_classifier.live.bulletin import Bulletin
from rpi_classifier.live.disk_thread import DiskThread
from rpi_classifier.live.kept_pictures import KeptPictures
from rpi_classifier.wording import quote

T = TypeVar('T')

_SHORTEST_S = 0.25  # from one picture that is kept to the next
_MOST_LABELS = 2000  # of the model, that the page suggests


class Collection:
    """
    The folder of classes, and what the classifier kept.

    Coroutines run in the loop of the server; files are read and written on the thread ``disk``.
    The node sets ``kept_folder``, None if it is not known, and ``labels``, those of the model.
    """

    def __init__(
        self,
        config: LiveViewConfig,
        bulletin: Bulletin,
        take_picture: Callable[[], Awaitable[bytes | None]],
    ) -> None:
        """
        Start the thread; nothing is read before ``refresh``.

        :param take_picture: returns the newest picture; None if none comes.
        """
        self.kept_folder: Path | None = None
        self.labels: Container[str] = ()
        self._root = Path(config.collect_folder)
        self._limit_bytes = config.collect_megabytes * 1_000_000
        self._bulletin = bulletin
        self._take_picture = take_picture
        self._disk = DiskThread()
        self._sorted: SortedFolder | None = None
        self._kept = KeptPictures()
        self._showing = asyncio.Lock()
        self._newest_s = -_SHORTEST_S  # when a picture was kept

    def stop(self) -> None:
        """End the thread."""
        self._disk.stop()

    async def add(self, name: str) -> str:
        """
        Keep the newest picture as one of a class.

        :returns: a sentence about what was done.
        :raises Refused: if there is no picture, or it cannot be written.
        """
        now_s = time.monotonic()
        if now_s < self._newest_s + _SHORTEST_S:
            raise Refused(f'at most {1 / _SHORTEST_S:g} pictures a second are kept; try again')
        self._newest_s = now_s
        jpeg = await self._take_picture()
        if jpeg is None:
            raise Refused('no picture came; start the camera, and try again')
        return await self._perform(lambda: self._add(jpeg, name))

    async def confirm(self, key: str, name: str) -> str:
        """Copy what the classifier kept to a class; as ``add``."""
        return await self._perform(lambda: self._confirm(key, name))

    async def dismiss(self, key: str) -> str:
        """Stop showing a kept picture, whose file stays; as ``add``."""
        return await self._perform(lambda: self._dismiss(key))

    async def read_picture(self, key: str) -> bytes:
        """
        Return a JPEG that the classifier kept.

        :raises Refused: if it is not one of those that are shown.
        """
        return (await self._disk.run(lambda: self._kept.read(key)))[1]

    async def refresh(self) -> None:
        """Show the classes and what the classifier kept as they are now."""
        if not self._showing.locked():  # or the disk is slow
            await self._show()

    async def _show(self) -> None:
        async with self._showing:
            self._bulletin.post('labels', sorted(self.labels)[:_MOST_LABELS])
            try:
                section = await self._disk.run(self._list)
            except Refused as error:
                section = {'words': str(error)}
            self._bulletin.post('collection', section)

    async def _perform(self, work: Callable[[], str]) -> str:
        done = await self._disk.run(lambda: self._refusing(work))
        await self._show()
        return done

    def _refusing(self, work: Callable[[], T]) -> T:
        """Do something on the disk; turn its errors into sentences for the page."""
        try:
            return work()
        except Refused:
            raise
        except RpiClassifierError as error:
            cause = error.__cause__
            if isinstance(cause, OSError):
                raise Refused(
                    f'{describe_path(self._root)} cannot be written: {cause.strerror}; free some '
                    'room, or set another collect_folder, into which live_view may write'
                ) from error
            raise Refused(str(error)) from error

    def _add(self, jpeg: bytes, name: str) -> str:
        name = check_class_name(name)
        self._check_folder(len(jpeg))
        path = ClassFolder(self._root, name).add(jpeg)
        return f'kept as {name}/{path.name}'

    def _confirm(self, key: str, name: str) -> str:
        name = check_class_name(name)
        photo, data = self._kept.read(key)
        decode_image(data, quote(photo.path.name))
        self._check_folder(len(data))
        path = self._classes().copy(data, photo.path.name, name)
        self._kept.drop(photo)
        return f'copied to {name}/{path.name}'

    def _dismiss(self, key: str) -> str:
        photo, data = self._kept.read(key)
        self._classes().skip(data)
        self._kept.drop(photo)
        return 'dismissed'

    def _list(self) -> dict[str, object]:
        self._kept.follow(self.kept_folder)
        self._kept.show(self._classes())
        return {
            'folder': describe_path(self._root),
            'counts': list(count_photos(self._root).items()),
            'kept': self._kept.listed(),
            'more': self._kept.count_more(),
        }

    def _classes(self) -> SortedFolder:
        if self._sorted is None:
            self._sorted = SortedFolder(self._root)
        return self._sorted

    def _check_folder(self, size: int) -> None:
        """Refuse a picture that the folder cannot take; people may have changed it meanwhile."""
        if os.path.lexists(self._root) and not self._root.is_dir():
            raise Refused(
                f'collect_folder: {describe_path(self._root)} is not a folder; set another one'
            )
        if reason := explain_divided(self._root) or self._explain_kept_inside():
            raise Refused(f'collect_folder: {reason}')
        folders = find_classes(self._root).values()
        used = sum(size_of(path) for folder in folders for path in photos_of_class(folder))
        if used + size > self._limit_bytes:
            raise Refused(
                f'the pictures in {describe_path(self._root)} take {used / 1e6:.0f} MB, and '
                f'collect_megabytes is {self._limit_bytes // 1_000_000}; raise it, or delete some'
            )

    def _explain_kept_inside(self) -> str:
        """Return why ``keep_folder`` may not be in this folder; empty if it is elsewhere."""
        kept = self.kept_folder
        if kept is None or not is_within(kept, self._root):
            return ''
        return (
            f'{describe_path(kept)}, which is keep_folder of the classifier, is in '
            f'{describe_path(self._root)}, where it would be a class; set one of them to another '
            'folder'
        )
