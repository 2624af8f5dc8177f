# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
FILE.onnx: ONNX models, exported by this package or made by others; they need no torch.

ONNX is data: loading a file runs no code of it.
"""

from __future__ import annotations

from dataclasses import replace

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.errors import ModelError
from rpi_classifier.models.file_format import ExportRequest, FileFormat
from rpi_classifier.models.files import file_sha256, read_model_file, write_model_file
from rpi_classifier.models.labels import check_labels
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.onnx_archive import pack_onnx, read_onnx, unpack_onnx
from rpi_classifier.models.onnx_foreign import load_foreign_onnx
from rpi_classifier.models.onnx_headroom import with_onnx_headroom
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.models.recorded_model import recorded_model
from rpi_classifier.models.zoo import build_model
from rpi_classifier.probes.run_probe import run_probe
from rpi_classifier.runtime import torch_releases
from rpi_classifier.runtime.onnx import OnnxRuntime
from rpi_classifier.runtime.ort_releases import ORT_ADVICE, require_onnxruntime
from rpi_classifier.versions import installed

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
    torch_releases.require_torch()
    _check_import()
    if not installed('onnx'):
        raise ModelError('onnx is not installed; run: scripts/setup --with-onnx')
    from rpi_classifier.models.export_onnx import trace_model

    content = pack_onnx(*trace_model(build_model(request.model, request.weights)))
    write_model_file(content, request.output)
    written = unpack_onnx(content, request.output)
    assert written
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
    runtime = OnnxRuntime(
        data,
        size=metadata.transform.size,
        quantization=metadata.quantization,
        num_threads=config.num_threads,
    )
    return recorded_model(runtime, metadata)


def _load_exported(data: bytes, config: ClassifierConfig, metadata: ModelMetadata) -> LoadedModel:
    if config.describes_file:
        raise ModelError(
            'it brings its labels and input description; leave labels and input_size at their '
            'defaults'
        )
    caution = ''
    if metadata.exact_products and not has_exact_byte_products():
        data, caution = with_onnx_headroom(data), _COARSER
    transform, quantization = metadata.transform, metadata.quantization
    runtime = OnnxRuntime(
        data,
        size=transform.size,
        quantization=quantization,
        exact_products=False,
        num_threads=config.num_threads,
    )
    if quantization is None or runtime.buffer.dtype != quantization.dtype:
        raise ModelError('its record describes another input than it has; export it again')
    check_labels(metadata.labels, len(runtime.run()))
    runtime.info = replace(runtime.info, caution=caution)
    return recorded_model(runtime, metadata)


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
    read_metadata=unpack_onnx,
    determined=('engine', 'kernels'),
    needs_torch=False,
)
