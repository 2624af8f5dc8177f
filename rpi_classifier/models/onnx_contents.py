# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What is in an ONNX file, read without the packages onnx and onnxruntime."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import math

from rpi_classifier.models.protobuf import Field, read_fields

# Numbers of fields, from onnx/onnx.proto, which keeps them for ever.
MODEL_PROPERTY = 14
_MODEL_GRAPH = 7
_KEY, _VALUE = 1, 2
_GRAPH_NODE, _GRAPH_CONSTANT, _GRAPH_SPARSE = 1, 5, 15
_NODE_INPUT, _NODE_OUTPUT, _NODE_TYPE, _NODE_ATTRIBUTE = 1, 2, 4, 5
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = 5, 6, 10, 11
_SPARSE_TENSORS = (1, 2)
_TENSOR_SIDE, _TENSOR_TYPE, _TENSOR_EXTERNAL, _TENSOR_LOCATION = 1, 2, 13, 14

_INT8, _FLOATS = (2, 3), (1, 10, 11, 16)
# Operations that leave scores what they are.
_PASSING = {
    'Cast', 'DequantizeLinear', 'Flatten', 'Identity', 'QuantizeLinear', 'Reshape', 'Squeeze',
    'Unsqueeze',
}  # fmt: skip
_TORCHS_NAMES = {'Conv': 'convolution', 'LogSoftmax': 'log_softmax'}


@dataclass(frozen=True)
class OnnxContents:
    """
    The parts of a file that matter here.

    ``properties`` are its metadata_props, ``int8_share`` is the part of its weights that is int8.
    ``makers`` maps names of values to the operation that makes each, and to its first input.
    """

    properties: Mapping[str, str]
    has_external_data: bool
    int8_share: float
    makers: Mapping[str, tuple[str, str]]

    def last_operation(self, output: str) -> str:
        """Return the operation that makes an output, in torch's words; empty if unknown."""
        for _ in range(len(self.makers)):
            operation, source = self.makers.get(output, ('', ''))
            if operation not in _PASSING:
                return _TORCHS_NAMES.get(operation, operation.lower())
            output = source
        return ''


def inspect_onnx(model: memoryview) -> OnnxContents:
    """
    Look through a file.

    :raises ValueError: if it is damaged.
    """
    external, elements = False, Counter[int]()
    makers: dict[str, tuple[str, str]] = {}
    properties = dict(_property(field) for field in _of(model, MODEL_PROPERTY))
    for graph in _of(model, _MODEL_GRAPH):
        makers.update(_maker(node) for node in _of(graph.content, _GRAPH_NODE))
        for tensor in _tensors(graph):
            external = external or _is_external(tensor)
            elements.update(_elements(tensor))
    small, large = (sum(elements[kind] for kind in kinds) for kinds in (_INT8, _FLOATS))
    return OnnxContents(properties, external, small / max(small + large, 1), makers)


def _of(message: memoryview, number: int) -> Iterator[Field]:
    return (field for field in read_fields(message) if field.number == number)


def _property(field: Field) -> tuple[str, str]:
    parts = {part.number: part.text for part in read_fields(field.content)}
    return parts.get(_KEY, ''), parts.get(_VALUE, '')


def _maker(node: Field) -> tuple[str, tuple[str, str]]:
    """Return a node's first output, and what makes it of its first input."""
    words: dict[int, str] = {}
    for field in read_fields(node.content):
        if field.number in (_NODE_INPUT, _NODE_OUTPUT, _NODE_TYPE):
            words.setdefault(field.number, field.text)
    output, operation, source = (
        words.get(number, '') for number in (_NODE_OUTPUT, _NODE_TYPE, _NODE_INPUT)
    )
    return output, (operation, source)


def _tensors(graph: Field) -> Iterator[Field]:
    """Yield all constants of a graph and of the graphs within its nodes."""
    for field in read_fields(graph.content):
        if field.number == _GRAPH_CONSTANT:
            yield field
        elif field.number == _GRAPH_SPARSE:
            yield from (
                part for part in read_fields(field.content) if part.number in _SPARSE_TENSORS
            )
        elif field.number == _GRAPH_NODE:
            for attribute in _of(field.content, _NODE_ATTRIBUTE):
                yield from _tensors_of_attribute(attribute)


def _tensors_of_attribute(attribute: Field) -> Iterator[Field]:
    for field in read_fields(attribute.content):
        if field.number in (_ATTRIBUTE_TENSOR, _ATTRIBUTE_TENSORS):
            yield field
        elif field.number in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
            yield from _tensors(field)


def _is_external(tensor: Field) -> bool:
    return any(
        field.number == _TENSOR_EXTERNAL or (field.number == _TENSOR_LOCATION and field.value)
        for field in read_fields(tensor.content)
    )


def _elements(tensor: Field) -> dict[int, int]:
    """Return the type of a tensor's elements, and how many there are."""
    fields = list(read_fields(tensor.content))
    sides = [field.value for field in fields if field.number == _TENSOR_SIDE]
    kinds = [field.value for field in fields if field.number == _TENSOR_TYPE]
    if not all(isinstance(number, int) for number in [*sides, *kinds]):  # packed: not by onnx
        return {}
    return {int(kinds[0]): math.prod(int(side) for side in sides)} if kinds else {}
