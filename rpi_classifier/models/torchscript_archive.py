# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
FILE.pt: a TorchScript archive, which is a zip file, with a record as one more member.

Nothing here runs code of the file.
"""

from __future__ import annotations

from dataclasses import replace
import hashlib
import io
from pathlib import Path
import zipfile

from rpi_classifier.errors import ModelError
from rpi_classifier.models.file_kind import identify
from rpi_classifier.models.record import (
    metadata_from_json,
    metadata_to_json,
    ModelMetadata,
    MOST_RECORD_BYTES,
)
from rpi_classifier.models.zip_members import open_zip, read_member

MEMBER = 'extra/rpi_classifier.json'
_EXPORT = 'export it with export_model'


def pack_torchscript(metadata: ModelMetadata, network: bytes) -> bytes:
    """Return a TorchScript archive with the record inside."""
    stream = io.BytesIO(network)
    with zipfile.ZipFile(stream, 'a') as archive:
        top = _top(archive)
        metadata = replace(metadata, network_sha256=_network_sha256(archive, top))
        archive.writestr(f'{top}/{MEMBER}', metadata_to_json(metadata))
    return stream.getvalue()


def replace_torchscript_record(data: bytes, path: Path, metadata: ModelMetadata) -> bytes:
    """
    Return a file with another record and the same network.

    :param data: a file with a record, which ``unpack_torchscript`` has checked.
    :raises ModelError: if something follows the record, as other programs may write it.
    """
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, 'a') as archive:
        record = archive.getinfo(f'{_top(archive)}/{MEMBER}')
        if record.header_offset < max(member.header_offset for member in archive.filelist):
            raise ModelError(f'model {path}: its record is not its last member; {_EXPORT} again')
        # All other members keep their places, where torch aligned the weights.
        archive.filelist.remove(record)
        del archive.NameToInfo[record.filename]
        archive.start_dir = record.header_offset
        archive.writestr(record.filename, metadata_to_json(metadata))
    return stream.getvalue()


def unpack_torchscript(data: bytes, path: Path) -> ModelMetadata | None:
    """
    Check a file and return its record; None if it is TorchScript without one.

    :raises ModelError: if it is not TorchScript, cut off, or damaged.
    """
    source = f'model {path}'
    archive = _open(data, source)
    top = _top(archive)
    digest = _network_sha256(archive, top)
    if f'{top}/{MEMBER}' not in archive.namelist():
        return None
    metadata = metadata_from_json(read_member(archive, f'{top}/{MEMBER}', MOST_RECORD_BYTES), path)
    if digest != metadata.network_sha256:
        raise ModelError(
            f'model {path}: its weights or code were changed, sha256 is {digest[:12]}... and not '
            f'{metadata.network_sha256[:12]}...; {_EXPORT} again'
        )
    return metadata


def _open(data: bytes, source: str) -> zipfile.ZipFile:
    """Open a TorchScript archive; what is something else is told by its kind."""
    if data[:2] == b'PK':
        archive = open_zip(data, source)
        if f'{_top(archive)}/constants.pkl' in archive.namelist():
            return archive
    kind = identify(data)
    raise ModelError(f'{source} is not a TorchScript file but {kind.name}; {kind.advice}')


def _top(archive: zipfile.ZipFile) -> str:
    """Return the name of the folder that holds all members."""
    return next(iter(archive.namelist()), '').split('/', 1)[0]


def _network_sha256(archive: zipfile.ZipFile, top: str) -> str:
    """
    Digest all members except the record; zipfile verifies their checksums on the way.

    :raises ModelError: if one is damaged.
    """
    total = hashlib.sha256()
    for name in sorted(archive.namelist()):
        if name != f'{top}/{MEMBER}':
            content = read_member(archive, name)
            total.update(f'{name.split("/", 1)[-1]} {len(content)}\n'.encode())
            total.update(content)
    return total.hexdigest()
