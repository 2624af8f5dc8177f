# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Reading and writing model files, whatever their format."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from rpi_classifier.errors import ModelError
from rpi_classifier.files.output_file import write_whole_file
from rpi_classifier.files.paths import describe_path
from rpi_classifier.files.regular_file import read_regular_file

_MOST_BYTES = 2 << 30


def file_sha256(data: bytes) -> str:
    """Return the digest of a whole file, as sha256sum prints it."""
    return hashlib.sha256(data).hexdigest()


def read_model_file(model: str, sha256: str = '') -> tuple[Path, bytes]:
    """
    Read the file that the parameter ``model`` names.

    :param sha256: the digest that it must have; empty: any.
    :raises ModelError: if it cannot be read or has another digest.
    """
    path = Path(model)
    try:
        data = read_regular_file(path, _MOST_BYTES, ModelError)
    except ModelError as error:
        raise ModelError(f'model {error}') from error
    digest = file_sha256(data)
    if sha256 and sha256.lower() != digest:
        raise ModelError(
            f'model {path} has sha256 {digest}, but model_sha256 asks for {sha256!r}; restore '
            'the file, or change the parameter if you trust it'
        )
    return path, data


def write_model_file(content: bytes, path: Path) -> None:
    """
    Write a file completely or not at all.

    :raises ModelError: if it cannot be written; nothing is left behind then.
    """
    try:
        write_whole_file(content, path)
    except OSError as error:
        raise ModelError(
            f'model {describe_path(path)} cannot be written: {error.strerror}'
        ) from error


def user_cache_folder() -> Path:
    """
    Return the folder in which programs keep what they can make again.

    :raises ModelError: if the user has no home.
    """
    try:
        return Path(os.environ.get('XDG_CACHE_HOME') or '~/.cache').expanduser()
    except RuntimeError as error:
        raise ModelError('the user has no home; set HOME or XDG_CACHE_HOME') from error
