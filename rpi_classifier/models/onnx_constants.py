# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The constants of exported ONNX networks, as arrays in place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.models.protobuf import Field, read_fields

# Constants of a layer are named LAYER.weight, LAYER.weight_scale, LAYER.bias, LAYER.bias_scale.
WEIGHT, BIAS, SCALE = '.weight', '.bias', '_scale'
# Numbers of fields, from onnx/onnx.proto.
_MODEL_GRAPH, _GRAPH_CONSTANT = 7, 5
_TENSOR_SIDE, _TENSOR_TYPE, _TENSOR_NAME, _TENSOR_BYTES = 1, 2, 8, 9
_DTYPES = {1: np.float32, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64}


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
    shape = [int(field.value) for field in fields if field.number == _TENSOR_SIDE]  # type: ignore
    parts = {field.number: field for field in fields}
    dtype = _DTYPES[int(parts[_TENSOR_TYPE].value)]  # type: ignore[arg-type]
    values = np.frombuffer(parts[_TENSOR_BYTES].content, dtype)
    return parts[_TENSOR_NAME].text, values.reshape(shape)
