# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Zip files that others made: what they announce is checked before anything is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from rpi_classifier.errors import ModelError
from rpi_classifier.wording import quote

# Models are stored or hardly compress; text unpacks to about ten times its size.
_LARGEST_GROWTH, _SMALL = 4, 64 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
# What zipfile raises for files that are damaged in one place or another.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, IndexError, OSError,
    OverflowError, RuntimeError, ValueError,
)  # fmt: skip


def open_zip(data: bytes, source: str) -> zipfile.ZipFile:
    """
    Open a zip file and check what its directory announces.

    :param source: what the file is, as ``model /path/FILE.pt``, for errors; ``read_member`` finds
        it in ``filename``.
    :raises ModelError: if it is cut off or damaged, or would unpack to far more than its size.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as error:
        if 'not a zip file' in str(error) and data[:2] == b'PK':
            raise ModelError(
                f'{source} is cut off after {len(data)} bytes; copy or download it again'
            ) from error
        raise ModelError(f'{source} is damaged ({explain_damage(error)}); get it again') from error
    archive.filename = source
    names = archive.namelist()
    if len(set(names)) != len(names):  # readers differ in which of them they take
        raise ModelError(f'{source} has two members of one name; get it again')
    unpacked, limit = sum(member.file_size for member in archive.infolist()), _limit(len(data))
    if unpacked > limit:
        raise ModelError(
            f'{source} announces {unpacked} bytes of content in a file of {len(data)} bytes, more '
            f'than the {limit} that are allowed; get a file that is stored, not compressed'
        )
    return archive


def read_member(archive: zipfile.ZipFile, name: str, limit: int | None = None) -> bytes:
    """
    Read one file of an archive that ``open_zip`` opened.

    :param limit: its largest size in bytes; None: the archive's own limit.
    :raises ModelError: if it is missing, damaged, encrypted or larger than ``limit``.
    """
    source = archive.filename
    try:
        member = archive.getinfo(name)
        if limit is not None and member.file_size > limit:
            raise ModelError(
                f'{source}: {quote(name)} has {member.file_size} bytes, more than the {limit} '
                'that are allowed; get the file again'
            )
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
            raise ModelError(
                f'{source}: {quote(name)} is encrypted or compressed unusually; get the file again'
            )
        return archive.read(member)
    except _DAMAGE as error:
        raise ModelError(f'{source} is damaged ({explain_damage(error)}); get it again') from error


def explain_damage(error: Exception) -> str:
    """Return what zipfile said, in one line."""
    words = ' '.join(str(error).split())[:200]
    return words if words.isprintable() and words else type(error).__name__


def _limit(size: int) -> int:
    return _LARGEST_GROWTH * size + _SMALL
