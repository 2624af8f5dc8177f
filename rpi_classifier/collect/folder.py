# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Adds photos to the folders of classes, FOLDER/CLASS/*.jpg; nothing there is overwritten."""

from __future__ import annotations

from contextlib import suppress
import os
from pathlib import Path
import re
import unicodedata

from rpi_classifier.collect.class_folders import find_classes, visible_folders
from rpi_classifier.errors import ConfigError, OutputError
from rpi_classifier.files.output_file import explain_unwritable_folder, write_new_file
from rpi_classifier.files.paths import describe_path
from rpi_classifier.models.label_entries import explain_bad_name
from rpi_classifier.wording import quote

_LONGEST = 255  # bytes of a name on the disk
_NUMBERED = re.compile(r'photo_(\d{1,15})\..*')


def check_class_name(text: str) -> str:
    """
    Return the name of a class as its folder has it: in Unicode's form NFC, without outer blanks.

    :raises ConfigError: if it cannot be the name of a folder.
    """
    name = unicodedata.normalize('NFC', text.strip())
    fault = explain_bad_name(name)
    if not fault and ('/' in name or '\\' in name):
        fault = f'{quote(name)} has a slash; a class is one folder, name it without'
    if not fault and name.startswith('.'):
        fault = f'{quote(name)} begins with a dot, which hides its folder; begin with a letter'
    if not fault and len(name.encode()) > _LONGEST:
        fault = (
            f'{quote(name)} takes {len(name.encode())} bytes; the name of a folder has at most '
            f'{_LONGEST}'
        )
    if fault:
        raise ConfigError(f'class: {fault}')
    return name


def check_output_folder(folder: Path) -> None:
    """
    Refuse a folder that cannot take classes, before the work that fills it.

    :raises ConfigError: saying why.
    """
    if reason := explain_divided(folder) or explain_unwritable_folder(folder):
        raise ConfigError(f'--output: {reason}')


def explain_divided(folder: Path) -> str:
    """Return why a folder takes no classes if it is divided into train and val; empty if not."""
    if os.path.isdir(folder / 'train') and visible_folders(folder / 'train'):
        return (
            f'{describe_path(folder)} has its classes in train/; give '
            f'{describe_path(folder / "train")}'
        )
    return ''


class ClassFolder:
    """The folder of one class; photos that are added get names with a number that goes on."""

    def __init__(self, root: Path, name: str) -> None:
        """
        Find the folder; it is made with the first photo.

        :param root: the folder of all classes.
        :param name: of the class, as ``check_class_name`` returns it.
        """
        self._root = root
        # macOS writes another form of Unicode: the same class, another name on the disk.
        self.path = find_classes(root).get(name, root / name)
        self._number: int | None = None

    def add(self, jpeg: bytes | memoryview, mode: int = 0o666) -> Path:
        """
        Write a photo under the next free number, completely or not at all.

        :param mode: its permissions, from which the umask is taken.
        :returns: its path.
        :raises OutputError: if it cannot be written.
        """
        if self._number is None:
            self._number = self._highest_number()
        while True:
            self._number += 1
            path = self.path / f'photo_{self._number:05d}.jpg'
            if self.write(jpeg, path.name, mode):
                return path

    def write(self, jpeg: bytes | memoryview, name: str, mode: int = 0o666) -> bool:
        """
        Write a photo, completely or not at all.

        :param mode: its permissions, from which the umask is taken.
        :returns: False if the name is taken.
        :raises OutputError: if it cannot be written.
        """
        path = self.path / name
        is_new = not os.path.isdir(self.path)
        try:
            self._root.mkdir(exist_ok=True)
            self.path.mkdir(exist_ok=True)
            if os.path.lexists(path):
                return False
            write_new_file(jpeg, path, mode)
        except FileExistsError:
            if os.path.isdir(self.path):  # another process was faster
                return False
            raise OutputError(
                f'{describe_path(self.path)} is not a folder; move it away, or name the class '
                'otherwise'
            ) from None
        except OSError as error:
            if is_new:  # a class without photos would stop train
                with suppress(OSError):
                    self.path.rmdir()
            raise OutputError(
                f'{describe_path(path)} cannot be written: {error.strerror}; all photos before it '
                'are whole, go on with another --output'
            ) from error
        return True

    def _highest_number(self) -> int:
        try:
            names = os.listdir(self.path)
        except OSError:
            return 0
        numbers = (_NUMBERED.fullmatch(name) for name in names)
        return max((int(number[1]) for number in numbers if number), default=0)
