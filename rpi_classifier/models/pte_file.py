# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Files of ExecuTorch: FILE.pte, the program, and behind it a zip file that holds the record.

ExecuTorch reads what its header announces and ignores what follows; zip files are read from their
end. So one file serves both, and one checksum covers program and labels. Nothing here runs or
parses the program.
"""

from __future__ import annotations

from dataclasses import replace
import io
from pathlib import Path
import zipfile

from rpi_classifier.errors import ModelError
from rpi_classifier.models.record import file_sha256, from_json, Record, to_json

MEMBER = 'rpi_classifier.json'
_EXPORT = 'export it with export_model --runtime executorch'
_MAGIC = b'ET12'
_HEADER = b'eh00'


def add(record: Record, program: bytes) -> bytes:
    """Return a program with the record behind it."""
    stream = io.BytesIO(program)
    with zipfile.ZipFile(stream, 'a') as archive:
        archive.writestr(MEMBER, to_json(replace(record, network_sha256=file_sha256(program))))
    return stream.getvalue()


def read(data: bytes, path: Path) -> tuple[Record, bytes]:
    """
    Check a file and return its record and its program.

    :raises ModelError: if it is no program, cut off, damaged, or without a record.
    """
    if data[4:8] != _MAGIC or data[8:12] != _HEADER:
        raise ModelError(f'model {path} is no ExecuTorch program; {_EXPORT}')
    end = _program_bytes(data)
    if len(data) < end:
        raise ModelError(f'model {path} is cut off after {len(data)} bytes; {_EXPORT} again')
    if not data[end:]:
        raise ModelError(f'model {path} has no record of export_model; {_EXPORT}')
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = archive.read(MEMBER)
            program = data[: archive.getinfo(MEMBER).header_offset]
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, ValueError) as error:
        raise ModelError(
            f'model {path} is cut off or damaged, its record cannot be read; {_EXPORT} again'
        ) from error
    record = from_json(text, path)
    digest = file_sha256(program)
    if digest != record.network_sha256:
        raise ModelError(
            f'model {path}: its program is not the one of its record, sha256 is {digest[:12]}... '
            f'and not {record.network_sha256[:12]}...; {_EXPORT} again'
        )
    return record, program


def _program_bytes(data: bytes) -> int:
    """Return the length that ExecuTorch's header announces: program, then segments of data."""
    program, segments, segment_bytes = (
        int.from_bytes(data[start : start + 8], 'little') for start in (16, 24, 32)
    )
    return segments + segment_bytes if segments else program
