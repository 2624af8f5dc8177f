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
from rpi_classifier.models.record import metadata_from_json, metadata_to_json, ModelMetadata

MEMBER = 'extra/rpi_classifier.json'
_EXPORT = 'export it with export_model'


def pack_torchscript(metadata: ModelMetadata, network: bytes) -> bytes:
    """Return a TorchScript archive with the record inside."""
    stream = io.BytesIO(network)
    with zipfile.ZipFile(stream, 'a') as archive:
        top = archive.namelist()[0].split('/', 1)[0]
        metadata = replace(metadata, network_sha256=_network_sha256(archive, top))
        archive.writestr(f'{top}/{MEMBER}', metadata_to_json(metadata))
    return stream.getvalue()


def unpack_torchscript(data: bytes, path: Path) -> ModelMetadata | None:
    """
    Check a file and return its record; None if it is TorchScript without one.

    :raises ModelError: if it is not TorchScript, cut off, or damaged.
    """
    remedy = f'{_EXPORT}, or give its labels and input description if it is TorchScript'
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            top = names[0].split('/', 1)[0] if names else ''
            if f'{top}/constants.pkl' not in names:
                kind = 'a pickle of torch.save' if f'{top}/data.pkl' in names else 'a zip file'
                raise ModelError(f'model {path} is {kind}, no TorchScript file; {remedy}')
            digest = _network_sha256(archive, top)
            if f'{top}/{MEMBER}' not in names:
                return None
            metadata = metadata_from_json(archive.read(f'{top}/{MEMBER}'), path)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise ModelError(f'model {path} {_what_is_wrong(data, error)}; {remedy}') from error
    if digest != metadata.network_sha256:
        raise ModelError(
            f'model {path}: its weights or code were changed, sha256 is {digest[:12]}... and not '
            f'{metadata.network_sha256[:12]}...; {_EXPORT} again'
        )
    return metadata


def _what_is_wrong(data: bytes, error: Exception) -> str:
    if data[:1] == b'\x80':
        return 'is a pickle, no TorchScript file'
    if data[:2] != b'PK':
        return 'is no TorchScript file'
    if 'not a zip file' in str(error):
        return f'is cut off after {len(data)} bytes'
    return f'is damaged ({error})'


def _network_sha256(archive: zipfile.ZipFile, top: str) -> str:
    """Digest all members except the record; zipfile verifies their checksums on the way."""
    total = hashlib.sha256()
    for name in sorted(archive.namelist()):
        if name != f'{top}/{MEMBER}':
            content = archive.read(name)
            total.update(f'{name.split("/", 1)[-1]} {len(content)}\n'.encode())
            total.update(content)
    return total.hexdigest()
