# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What is in an ONNX file: properties, int8 weights, other files, and the last operation."""

import numpy as np
import pytest
from support.onnx_models import colour_means, helper, onnx

from rpi_classifier.models.onnx_contents import inspect_onnx
from rpi_classifier.models.protobuf import write_field

EXTERNAL = write_field(13, write_field(1, b'location'))


def contents_of(model):
    return inspect_onnx(memoryview(model.SerializeToString()))


def test_properties_are_read():
    assert contents_of(colour_means(author='me', names='[]')).properties == {
        'author': 'me',
        'names': '[]',
    }


@pytest.mark.parametrize(
    ('nodes', 'operation'),
    [
        ([('Softmax', 'a', 'b')], 'softmax'),
        ([('Softmax', 'a', 'b'), ('Reshape', 'b', 'c'), ('Cast', 'c', 'd')], 'softmax'),
        ([('Conv', 'a', 'b'), ('Flatten', 'b', 'c')], 'convolution'),
        (
            [('Gemm', 'a', 'b'), ('QuantizeLinear', 'b', 'c'), ('DequantizeLinear', 'c', 'd')],
            'gemm',
        ),
        ([('Identity', 'a', 'b')], ''),
        ([('Identity', 'b', 'b')], ''),
    ],
)
def test_last_operation_is_the_one_that_makes_the_scores(nodes, operation):
    made = [helper.make_node(kind, [source], [output]) for kind, source, output in nodes]
    model = helper.make_model(helper.make_graph(made, 'g', [], []))
    assert contents_of(model).last_operation(nodes[-1][2]) == operation


def test_share_of_int8_weights_is_counted():
    weights = {'small': np.zeros((3, 10), np.int8), 'large': np.zeros(10, np.float32)}
    constants = [onnx.numpy_helper.from_array(values, name) for name, values in weights.items()]
    model = helper.make_model(helper.make_graph([], 'g', [], [], constants))
    assert contents_of(model).int8_share == 0.75


@pytest.mark.parametrize(
    'graph',
    [
        write_field(5, EXTERNAL),
        write_field(5, b'\x70\x01'),  # data_location: EXTERNAL
        write_field(15, write_field(1, EXTERNAL)),
        write_field(1, write_field(5, write_field(5, EXTERNAL))),
        write_field(1, write_field(5, write_field(6, write_field(5, EXTERNAL)))),
    ],
    ids=['constant', 'location', 'sparse', 'attribute', 'branch'],
)
def test_weights_in_other_files_are_found(graph):
    assert inspect_onnx(memoryview(write_field(7, graph))).has_external_data
