# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
FILE.pte: a program of ExecuTorch, followed by a zip file that holds the record.

ExecuTorch reads what its header announces and ignores what follows; zip files are read from their
end. So one file serves both, and one checksum covers program and labels.
"""

from __future__ import annotations

from dataclasses import replace
import io
from pathlib import Path
import zipfile

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.models.file_format import ExportRequest, FileFormat
from rpi_classifier.models.file_kind import identify
from rpi_classifier.models.files import file_sha256, read_model_file, write_model_file
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.record import (
    metadata_from_json,
    metadata_to_json,
    ModelMetadata,
    MOST_RECORD_BYTES,
)
from rpi_classifier.models.recorded_model import recorded_model
from rpi_classifier.models.zip_members import open_zip, read_member
from rpi_classifier.models.zoo import build_float_model
from rpi_classifier.photos import all_crops, find_photos, sample_photos
from rpi_classifier.runtime import torch_releases
from rpi_classifier.versions import installed

MEMBER = 'rpi_classifier.json'
_EXPORT = 'export it with export_model --runtime executorch'
_MAGIC = b'ET12'
_HEADER = b'eh00'


def append_record(metadata: ModelMetadata, program: bytes) -> bytes:
    """Return a program followed by its record."""
    stream = io.BytesIO(program)
    metadata = replace(metadata, network_sha256=file_sha256(program))
    with zipfile.ZipFile(stream, 'a') as archive:
        archive.writestr(MEMBER, metadata_to_json(metadata))
    return stream.getvalue()


def replace_pte_record(data: bytes, path: Path, metadata: ModelMetadata) -> bytes:
    """
    Return a file with another record and the same program.

    :raises ModelError: as ``split_pte``.
    """
    return append_record(metadata, split_pte(data, path)[1])


def split_pte(data: bytes, path: Path) -> tuple[ModelMetadata, bytes]:
    """
    Check a file without running it, and return its record and its program.

    :raises ModelError: if it is not a program, cut off, damaged, or without a record.
    """
    if data[4:8] != _MAGIC or data[8:12] != _HEADER:
        kind = identify(data)
        raise ModelError(
            f'model {path} is not an ExecuTorch program but {kind.name}; {kind.advice}'
        )
    end = _program_bytes(data)
    if len(data) < end:
        raise ModelError(f'model {path} is cut off after {len(data)} bytes; {_EXPORT} again')
    if not data[end:]:
        raise ModelError(f'model {path} has no record of export_model; {_EXPORT}')
    try:
        archive = open_zip(data, f'model {path}')
        text = read_member(archive, MEMBER, MOST_RECORD_BYTES)
    except ModelError as error:
        raise ModelError(
            f'model {path} is cut off or damaged, its record cannot be read; {_EXPORT} again'
        ) from error
    program = data[: archive.getinfo(MEMBER).header_offset]
    metadata = metadata_from_json(text, path)
    digest = file_sha256(program)
    if digest != metadata.network_sha256:
        raise ModelError(
            f'model {path}: its program is not the one of its record, sha256 is {digest[:12]}... '
            f'and not {metadata.network_sha256[:12]}...; {_EXPORT} again'
        )
    return metadata, program


def load_pte(config: ClassifierConfig) -> LoadedModel:
    """
    Load the file that ``config.model`` names.

    :raises ModelError: if the file is not what it should be, or does not work here.
    """
    torch_releases.require_torch()
    from rpi_classifier.runtime.executorch import ExecuTorchRuntime

    path, data = read_model_file(config.model, config.model_sha256)
    metadata, program = split_pte(data, path)
    check_executorch_version(metadata, path)
    try:
        runtime = ExecuTorchRuntime(program, metadata.transform.size, config.num_threads)
        return recorded_model(runtime, metadata, file_sha256(data))
    except (RuntimeError, ModelError) as error:
        raise ModelError(f'model {path}: {error}') from error


def check_executorch_version(metadata: ModelMetadata, path: Path) -> None:
    """
    Compare ExecuTorch with the one that exported a file.

    Other versions have other kernels: an int8 program of 1.5.1 died in 1.0.1 on a Pi's processor.

    :raises ModelError: if they differ or ExecuTorch is missing.
    """
    from rpi_classifier.runtime.executorch import INSTALL

    exported, here = metadata.versions.get('executorch', 'unknown'), installed('executorch')
    if not here:
        raise ModelError(
            f'model {path} needs executorch {exported}, which is not installed; {INSTALL}'
        )
    if exported != here:
        raise ModelError(
            f'model {path} was exported by executorch {exported}, but {here} is installed; export '
            f'it again with {here}, or install {exported}'
        )


def export_pte(request: ExportRequest) -> ModelMetadata:
    """
    Quantize a model of the zoo for ExecuTorch, calibrated on photos, and write it.

    :returns: the metadata that was written.
    :raises ModelError: if ExecuTorch is missing or cannot take the network.
    :raises ImageError: if a photo cannot be read.
    """
    torch_releases.require_torch()
    from rpi_classifier.models.export_executorch import lower_model
    from rpi_classifier.runtime.executorch import load_bindings

    load_bindings()  # before minutes of work
    images = all_crops(find_photos(request.photos) if request.photos else sample_photos())
    model = build_float_model(request.model, request.weights)
    content = append_record(*lower_model(model, images))
    written = split_pte(content, request.output)[0]  # before it takes the place of another file
    write_model_file(content, request.output)
    return written


def _program_bytes(data: bytes) -> int:
    """Return the length that ExecuTorch's header announces: program, then segments of data."""
    program, segments, segment_bytes = (
        int.from_bytes(data[start : start + 8], 'little') for start in (16, 24, 32)
    )
    return segments + segment_bytes if segments else program


def _read_metadata(data: bytes, path: Path) -> ModelMetadata:
    return split_pte(data, path)[0]


FORMAT = FileFormat(
    suffix='.pte',
    runtime='executorch',
    load=load_pte,
    export=export_pte,
    read_metadata=_read_metadata,
    replace_record=replace_pte_record,
    determined=('engine', 'kernels', 'labels', 'input_size', 'output_kind'),
    export_takes=('photos',),
)
