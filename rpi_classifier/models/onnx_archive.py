# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
FILE.onnx: an ONNX model, with a record as one of its ``metadata_props``.

Fields of protobuf may be appended, so the record is the last field of the file and everything
before it is the network. Nothing here needs the packages onnx or onnxruntime.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ModelError
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.protobuf import Field, read_fields, write_field
from rpi_classifier.models.record import metadata_from_json, metadata_to_json, ModelMetadata

KEY = 'rpi_classifier'
# How the constants of a layer are named in exported files: LAYER.weight, LAYER.weight_scale, ...
WEIGHT, BIAS, SCALE = '.weight', '.bias', '_scale'
_EXPORT = 'export it with export_model --runtime onnx'

# Numbers of fields, from onnx/onnx.proto (stable since ONNX 1.0).
_MODEL_IR_VERSION, _MODEL_GRAPH, _MODEL_PROPERTY = 1, 7, 14
_KEY, _VALUE = 1, 2
_GRAPH_NODE, _GRAPH_CONSTANT = 1, 5
_NODE_ATTRIBUTE = 5
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = 5, 6, 10, 11
_TENSOR_SIDE, _TENSOR_TYPE, _TENSOR_NAME, _TENSOR_BYTES, _TENSOR_EXTERNAL = 1, 2, 8, 9, 13
_DTYPES = {1: np.float32, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64}


@dataclass(frozen=True)
class OnnxContent:
    """
    What an ONNX file says about itself.

    ``properties`` are its metadata_props except the record.
    """

    metadata: ModelMetadata | None
    properties: dict[str, str]


def pack_onnx(metadata: ModelMetadata, network: bytes) -> bytes:
    """Return an ONNX model with the record inside."""
    metadata = replace(metadata, network_sha256=file_sha256(network))
    entry = write_field(_KEY, KEY.encode())
    entry += write_field(_VALUE, metadata_to_json(metadata).encode())
    return network + write_field(_MODEL_PROPERTY, entry)


def unpack_onnx(data: bytes, path: Path) -> ModelMetadata | None:
    """
    Check a file and return its record; None if it is ONNX without one.

    :raises ModelError: if it is not ONNX, cut off, damaged, or has parts in other files.
    """
    return read_onnx(data, path).metadata


def read_onnx(data: bytes, path: Path) -> OnnxContent:
    """
    Check a file and return what it says about itself.

    :raises ModelError: if it is not ONNX, cut off, damaged, or has parts in other files.
    """
    try:
        fields = list(read_fields(memoryview(data)))
        graphs = [field for field in fields if field.number == _MODEL_GRAPH]
        if not graphs or all(field.number != _MODEL_IR_VERSION for field in fields):
            raise ValueError('it has no graph')
        external = any(_is_external(tensor) for graph in graphs for tensor in _tensors(graph))
        properties = {
            key: (value, field)
            for field in fields
            if field.number == _MODEL_PROPERTY
            for key, value in [_property(field)]
        }
    except (ValueError, RecursionError) as error:
        raise ModelError(
            f'model {path} is not ONNX, cut off or damaged ({error}); {_EXPORT}, or save it again'
        ) from error
    if external:
        raise ModelError(
            f'model {path} has weights in other files (external data), which are not read; save '
            'it as one file, for example by onnx.save(onnx.load(FILE), FILE)'
        )
    record = properties.pop(KEY, None)
    metadata = _metadata(data, path, *record) if record else None
    return OnnxContent(metadata, {key: value for key, (value, _) in properties.items()})


def read_constants(network: memoryview) -> dict[str, NDArray[Any]]:
    """
    Return the constants of an exported network by name.

    :param network: of memory that may be written to, if the constants are to be changed in place.
    """
    return {
        name: values
        for model_field in read_fields(network)
        if model_field.number == _MODEL_GRAPH
        for graph_field in read_fields(model_field.content)
        if graph_field.number == _GRAPH_CONSTANT
        for name, values in [_constant(graph_field)]
    }


def _constant(tensor: Field) -> tuple[str, NDArray[Any]]:
    fields = list(read_fields(tensor.content))
    shape = [int(field.value) for field in fields if field.number == _TENSOR_SIDE]
    parts = {field.number: field for field in fields}
    dtype = _DTYPES[int(parts[_TENSOR_TYPE].value)]
    values = np.frombuffer(parts[_TENSOR_BYTES].content, dtype)
    return parts[_TENSOR_NAME].text, values.reshape(shape)


def _metadata(data: bytes, path: Path, text: str, field: Field) -> ModelMetadata:
    metadata = metadata_from_json(text, path)
    digest = hashlib.sha256(data[: field.start])
    digest.update(data[field.end :])
    if digest.hexdigest() != metadata.network_sha256:
        raise ModelError(
            f'model {path}: its weights or graph were changed, sha256 is '
            f'{digest.hexdigest()[:12]}... and not {metadata.network_sha256[:12]}...; {_EXPORT} '
            'again'
        )
    return metadata


def _property(field: Field) -> tuple[str, str]:
    parts = {part.number: part.text for part in read_fields(field.content)}
    return parts.get(_KEY, ''), parts.get(_VALUE, '')


def _tensors(graph: Field) -> Iterator[Field]:
    """Give all constants of a graph and of the graphs within its nodes."""
    for field in read_fields(graph.content):
        if field.number == _GRAPH_CONSTANT:
            yield field
        elif field.number == _GRAPH_NODE:
            for attribute in read_fields(field.content):
                if attribute.number == _NODE_ATTRIBUTE:
                    yield from _tensors_of_attribute(attribute)


def _tensors_of_attribute(attribute: Field) -> Iterator[Field]:
    for field in read_fields(attribute.content):
        if field.number in (_ATTRIBUTE_TENSOR, _ATTRIBUTE_TENSORS):
            yield field
        elif field.number in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
            yield from _tensors(field)


def _is_external(tensor: Field) -> bool:
    return any(field.number == _TENSOR_EXTERNAL for field in read_fields(tensor.content))
