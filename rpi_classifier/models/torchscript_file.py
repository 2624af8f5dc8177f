# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
FILE.pt: TorchScript files, exported by this package or made by others.

TorchScript runs code of the file. Pin files that others made with ``model_sha256``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.errors import ModelError
from rpi_classifier.models.file_format import ExportRequest, FileFormat
from rpi_classifier.models.files import file_sha256, read_model_file, write_model_file
from rpi_classifier.models.foreign_torchscript import describe_foreign, load_foreign, load_packed
from rpi_classifier.models.model import LoadedModel, Model
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.models.recorded_model import recorded_model, refuse_record
from rpi_classifier.models.torchscript_archive import (
    pack_torchscript,
    replace_torchscript_record,
    unpack_torchscript,
)
from rpi_classifier.models.zoo import build_model
from rpi_classifier.runtime import torch_releases
from rpi_classifier.runtime.torch_warnings import torch_reason
from rpi_classifier.versions import installed

if TYPE_CHECKING:
    from torch import nn


def export_torchscript(request: ExportRequest) -> ModelMetadata:
    """
    Write a model of the zoo, packed for an engine.

    :returns: the metadata that was written.
    :raises ModelError: if the model does not work on the engine or the file cannot be written.
    """
    model = build_model(request.model, request.weights)
    return write_torchscript(model, request.output, request.engine)


def write_torchscript(model: Model, path: Path, engine: str = 'auto') -> ModelMetadata:
    """
    Write an int8 model, packed for an engine.

    :param model: changed in place.
    :returns: the metadata that was written.
    :raises ModelError: if the model does not work on the engine or the file cannot be written.
    """
    torch_releases.require_torch()
    from rpi_classifier.models.export_torchscript import script_model

    metadata, network = script_model(model, engine)
    content = pack_torchscript(metadata, network)
    written = unpack_torchscript(content, path)  # before it takes the place of another file
    assert written
    write_model_file(content, path)
    return written


def load_torchscript(config: ClassifierConfig) -> LoadedModel:
    """
    Load the file that ``config.model`` names; needs neither network nor torchvision.

    :raises ModelError: if the file is not what it should be, or does not work here.
    """
    torch_releases.require_torch()
    from rpi_classifier.runtime.torchscript import set_torch_threads

    set_torch_threads(config.num_threads)  # loading warms up with as many
    path, data = read_model_file(config.model, config.model_sha256)
    metadata = unpack_torchscript(data, path)
    if metadata is None:
        model = load_foreign(data, path, config)
    else:
        model = load_exported(data, path, config, metadata)
    return replace(model, sha256=file_sha256(data))


def load_exported(
    data: bytes, path: Path, config: ClassifierConfig, metadata: ModelMetadata
) -> LoadedModel:
    """
    Load the content of an exported file.

    :param path: for errors.
    :param metadata: its record.
    :raises ModelError: if it is not for this machine or does not work here.
    """
    _refuse_description(path, config)
    if metadata.foreign:
        return load_packed(data, path, config, metadata)
    from rpi_classifier.runtime.torchscript import prepare_runtime

    engine = _engine_of_file(path, config, metadata)
    transform, quantization = metadata.transform, metadata.quantization
    network = _network(data, path, engine)
    try:
        runtime = prepare_runtime(
            network, transform, quantization, engine=engine, kernels=config.kernels
        )
        return recorded_model(runtime, metadata)
    except (RuntimeError, ModelError) as error:
        raise ModelError(f'model {path}: {torch_reason(error)}') from error


def pack_foreign_torchscript(config: ClassifierConfig, name: str) -> bytes:
    """
    Return the file that ``config.model`` names, with a record of what the config says about it.

    :param name: of the model.
    :raises ModelError: if the file has a record, or cannot be loaded as the config describes it.
    """
    torch_releases.require_torch()
    path, data = read_model_file(config.model, config.model_sha256)
    refuse_record(path, unpack_torchscript(data, path))
    return pack_torchscript(describe_foreign(data, path, config, name), data)


def _refuse_description(path: Path, config: ClassifierConfig) -> None:
    if config.describes_file:
        raise ModelError(
            f'model {path} brings its labels and input description; leave labels and input_size '
            'at their defaults'
        )


def _engine_of_file(path: Path, config: ClassifierConfig, metadata: ModelMetadata) -> str:
    """Return the engine that a file was exported for, if it and the config fit this machine."""
    from rpi_classifier.runtime.engines import choose_engine

    engine = metadata.engine
    if config.engine not in ('auto', engine):
        raise ModelError(
            f'model {path} was exported for engine {engine}, not {config.engine!r}; set '
            f'engine: auto, or export it with --engine {config.engine}'
        )
    try:
        choose_engine(engine)
    except ModelError as error:
        raise ModelError(f'model {path}: {error}') from error
    if metadata.exact_products and not has_exact_byte_products():
        raise ModelError(
            f'model {path} was exported for engine {engine} on a processor with VNNI; this one '
            'would overflow with its weights: export it here, or with --engine qnnpack'
        )
    return engine


def _network(data: bytes, path: Path, engine: str) -> nn.Module:
    from rpi_classifier.runtime.torchscript import load_network

    try:
        return load_network(data, engine)
    except RuntimeError as error:
        raise ModelError(
            f'model {path} cannot be loaded by torch {installed("torch")}: '
            f'{torch_reason(error)}; export it with this version'
        ) from error


FORMAT = FileFormat(
    suffix='.pt',
    runtime='torchscript',
    load=load_torchscript,
    export=export_torchscript,
    write=write_torchscript,
    require_export=torch_releases.require_torch,
    pack=pack_foreign_torchscript,
    read_metadata=unpack_torchscript,
    replace_record=replace_torchscript_record,
    export_takes=('engine',),
)
