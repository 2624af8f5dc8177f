# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
FILE.onnx: ONNX models, exported by this package or made by others; they need no torch.

ONNX is data: loading a file runs no code of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.errors import ModelError
from rpi_classifier.models.file_format import ExportRequest, FileFormat
from rpi_classifier.models.files import file_sha256, read_model_file, write_model_file
from rpi_classifier.models.labels import check_labels
from rpi_classifier.models.model import LoadedModel, Model
from rpi_classifier.models.onnx_archive import (
    pack_onnx,
    read_onnx,
    replace_onnx_record,
    unpack_onnx,
)
from rpi_classifier.models.onnx_foreign import describe_foreign_onnx, load_foreign_onnx
from rpi_classifier.models.onnx_headroom import with_onnx_headroom
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.models.recorded_model import recorded_model, refuse_record
from rpi_classifier.models.zoo import build_model
from rpi_classifier.probes.run_probe import run_probe
from rpi_classifier.runtime import torch_releases
from rpi_classifier.runtime.onnx import only_output, OnnxRuntime
from rpi_classifier.runtime.ort_releases import ORT_ADVICE, require_onnxruntime
from rpi_classifier.versions import installed
from rpi_classifier.wording import quote

_PROBE_LIMIT_S = 60.0
_COARSER = (
    'weights are slightly coarser: they use all eight bits, and would overflow on this processor '
    'without VNNI'
)


def export_onnx(request: ExportRequest) -> ModelMetadata:
    """
    Write a model of the zoo.

    :returns: what the file says about itself.
    :raises ModelError: if onnx or onnxruntime are missing, or cannot take the network.
    """
    require_onnx_export()
    return write_onnx(build_model(request.model, request.weights), request.output)


def require_onnx_export() -> None:
    """
    Check that this machine can export ONNX, before the work that leads to it.

    :raises ModelError: if torch, onnx or onnxruntime are missing or do not work here.
    """
    torch_releases.require_torch()
    _check_import()
    if not installed('onnx'):
        raise ModelError('onnx is not installed; run: scripts/setup --with-onnx')


def write_onnx(model: Model, path: Path, engine: str = 'auto') -> ModelMetadata:
    """
    Write an int8 model.

    :param model: changed in place.
    :param engine: auto; ONNX is not packed for an engine.
    :returns: what the file says about itself.
    :raises ModelError: if onnx or onnxruntime are missing, or cannot take the network.
    """
    require_onnx_export()
    from rpi_classifier.models.export_onnx import trace_model

    content = pack_onnx(*trace_model(model))
    written = unpack_onnx(content, path)  # before it takes the place of another file
    assert written
    write_model_file(content, path)
    return written


def load_onnx(config: ClassifierConfig) -> LoadedModel:
    """
    Load the file that ``config.model`` names.

    :raises ModelError: if the file is not what it should be, or does not work here.
    """
    path, data = read_model_file(config.model, config.model_sha256)
    file = read_onnx(data, path)
    try:
        _check_import()
        if file.metadata:
            model = _load_exported(data, config, file.metadata)
        else:
            model = load_foreign_onnx(data, path, config, file.contents)
    except ModelError as error:
        raise ModelError(f'model {path}: {error}') from error
    return replace(model, sha256=file_sha256(data))


def load_exact_onnx(config: ClassifierConfig) -> LoadedModel:
    """
    Load a file with a record, with exact kernels in place of coarser weights: to compare with.

    :raises ModelError: as ``load_onnx``, or if the file has no record.
    """
    path, data = read_model_file(config.model, config.model_sha256)
    metadata = unpack_onnx(data, path)
    if metadata is None:
        raise ModelError(f'model {path} has no record of export_model')
    _check_import()
    return recorded_model(_make_runtime(data, config, metadata, exact_products=True), metadata)


def pack_foreign_onnx(config: ClassifierConfig, name: str) -> bytes:
    """
    Return the file that ``config.model`` names, with a record of what the config says about it.

    :param name: of the model.
    :raises ModelError: if the file has a record, or cannot be loaded as the config describes it.
    """
    path, data = read_model_file(config.model, config.model_sha256)
    file = read_onnx(data, path)
    refuse_record(path, file.metadata)
    try:
        _check_import()
        return pack_onnx(describe_foreign_onnx(data, path, config, file.contents, name), data)
    except ModelError as error:
        raise ModelError(f'model {path}: {error}') from error


def _load_exported(data: bytes, config: ClassifierConfig, metadata: ModelMetadata) -> LoadedModel:
    if config.describes_file:
        raise ModelError(
            'it brings its labels and input description; leave labels and input_size at their '
            'defaults'
        )
    caution = ''
    if metadata.exact_products and not has_exact_byte_products():
        data, caution = with_onnx_headroom(data), _COARSER
    quantization = metadata.quantization
    runtime = _make_runtime(data, config, metadata, exact_products=metadata.foreign)
    if runtime.buffer.dtype != (quantization.dtype if quantization else np.float32):
        raise ModelError('its record describes another input than it has; export it again')
    check_labels(metadata.labels, len(runtime.run()))
    runtime.info = replace(runtime.info, caution=caution)
    return recorded_model(runtime, metadata)


def _make_runtime(
    data: bytes, config: ClassifierConfig, metadata: ModelMetadata, *, exact_products: bool
) -> OnnxRuntime:
    def choose(outputs: Mapping[str, NDArray[Any]]) -> str:
        name = str(metadata.output[0]) if metadata.output else only_output(outputs)
        if name not in outputs:
            raise ModelError(f'its record names the output {quote(name)}, which it does not have')
        return name

    return OnnxRuntime(
        data,
        size=metadata.transform.size,
        quantization=metadata.quantization,
        exact_products=exact_products,
        num_threads=config.num_threads,
        choose=choose,
    )


def _check_import() -> None:
    """
    Import onnxruntime in a process of its own, where it may die, if its release is not known.

    :raises ModelError: if it is not installed or the import dies.
    """
    if not require_onnxruntime().try_first:
        return
    probe = run_probe('-m', 'rpi_classifier.probes.onnx_probe', limit_s=_PROBE_LIMIT_S)
    if probe.failure:
        raise ModelError(
            f'onnxruntime {installed("onnxruntime")} does not work on this machine, its import '
            f'{probe.failure}; {ORT_ADVICE}'
        )


FORMAT = FileFormat(
    suffix='.onnx',
    runtime='onnx',
    load=load_onnx,
    export=export_onnx,
    write=write_onnx,
    require_export=require_onnx_export,
    pack=pack_foreign_onnx,
    read_metadata=unpack_onnx,
    replace_record=replace_onnx_record,
    determined=('engine', 'kernels'),
    needs_torch=False,
)
