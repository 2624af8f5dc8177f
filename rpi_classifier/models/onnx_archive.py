# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
FILE.onnx: an ONNX model, with a record as one of its ``metadata_props``.

Fields of protobuf may be appended, so the record is the last field of the file and everything
before it is the network. Nothing here needs the packages onnx or onnxruntime.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
import hashlib
from pathlib import Path

from rpi_classifier.errors import ModelError
from rpi_classifier.models.file_kind import identify
from rpi_classifier.models.file_kinds import KINDS
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.onnx_contents import inspect_onnx, MODEL_PROPERTY, OnnxContents
from rpi_classifier.models.protobuf import Field, read_fields, write_field
from rpi_classifier.models.record import (
    metadata_from_json,
    metadata_to_json,
    ModelMetadata,
    MOST_RECORD_BYTES,
)

KEY = 'rpi_classifier'
_KEY, _VALUE = 1, 2
_EXPORT = 'export it with export_model --runtime onnx'


@dataclass(frozen=True)
class OnnxFile:
    """A file's record, or None, and what else it says about itself."""

    metadata: ModelMetadata | None
    contents: OnnxContents


def pack_onnx(metadata: ModelMetadata, network: bytes) -> bytes:
    """Return an ONNX model with the record inside."""
    metadata = replace(metadata, network_sha256=file_sha256(network))
    entry = write_field(_KEY, KEY.encode())
    entry += write_field(_VALUE, metadata_to_json(metadata).encode())
    return network + write_field(MODEL_PROPERTY, entry)


def replace_onnx_record(data: bytes, path: Path, metadata: ModelMetadata) -> bytes:
    """
    Return a file with another record and the same network.

    :param data: a file with a record, which ``unpack_onnx`` has checked.
    """
    record = _find_record(memoryview(data))
    assert record, path
    return pack_onnx(metadata, data[: record.start] + data[record.end :])


def unpack_onnx(data: bytes, path: Path) -> ModelMetadata | None:
    """
    Check a file and return its record; None if it is ONNX without one.

    :raises ModelError: if it is not ONNX, cut off, damaged, or has parts in other files.
    """
    return read_onnx(data, path).metadata


def read_onnx(data: bytes, path: Path) -> OnnxFile:
    """
    Check a file and return its record and what else it says about itself.

    :raises ModelError: if it is not ONNX, cut off, damaged, or has parts in other files.
    """
    kind = identify(data)
    if kind != KINDS['onnx']:
        raise ModelError(f'model {path} is not an ONNX network but {kind.name}; {kind.advice}')
    try:
        record = _find_record(memoryview(data))
        contents = inspect_onnx(memoryview(data))
    except (ValueError, RecursionError) as error:
        raise ModelError(
            f'model {path} is an ONNX network that is damaged ({error}); copy or download it again'
        ) from error
    if contents.has_external_data:
        raise ModelError(
            f'model {path} has weights in other files (external data), which are not read; save '
            'it as one file, for example by onnx.save(onnx.load(FILE), FILE)'
        )
    return OnnxFile(_metadata(data, path, record) if record else None, contents)


def _find_record(data: memoryview) -> Field | None:
    """Return the property that is the record; None without one."""
    for field in read_fields(data):
        if field.number == MODEL_PROPERTY:
            first = next(read_fields(field.content), None)
            if first and first.number == _KEY and first.content == KEY.encode():
                return field
    return None


def _metadata(data: bytes, path: Path, record: Field) -> ModelMetadata:
    parts = {part.number: part for part in read_fields(record.content)}
    text = parts[_VALUE].content if _VALUE in parts else b''
    if len(text) > MOST_RECORD_BYTES:
        raise ModelError(
            f'model {path}: its record has {len(text):,} bytes, at most {MOST_RECORD_BYTES:,} are '
            f'allowed; {_EXPORT} again'
        )
    metadata = metadata_from_json(bytes(text), path)
    total = hashlib.sha256(data[: record.start])
    total.update(data[record.end :])
    digest = total.hexdigest()
    if digest != metadata.network_sha256:
        raise ModelError(
            f'model {path}: its weights or graph were changed, sha256 is {digest[:12]}... and not '
            f'{metadata.network_sha256[:12]}...; {_EXPORT} again'
        )
    return metadata
