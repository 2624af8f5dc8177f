# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
A small ONNX network in the forms that others give theirs.

Tests that import this are skipped where onnx or onnxruntime is not installed.
"""

import numpy as np
import pytest

pytest.importorskip('onnxruntime', reason='needs scripts/setup --with-onnx')
onnx = pytest.importorskip('onnx', reason='needs scripts/setup --with-onnx')
helper, TensorProto = onnx.helper, onnx.TensorProto

FLOAT, DOUBLE, FLOAT16 = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16
UINT8 = TensorProto.UINT8


def colour_means(
    shape=(1, 3, 32, 32),
    *,
    dtype=FLOAT,
    output=(1, 3),
    opset=17,
    ir_version=8,
    operator='Identity',
    **properties,
):
    """
    Return a model from one image to the mean of red, green and blue.

    :param shape: of its input; 3 at the second or the last place says which layout it is.
    :param output: shape of its output, which repeats the means as often as it has room for.
    :param operator: the last one; Cast is to double, Custom does not exist.
    :param properties: its metadata_props.
    """
    axes = [2, 3] if shape[1] == 3 else [1, 2]
    domain = 'elsewhere' if operator == 'Custom' else ''
    attributes = {'to': DOUBLE} if operator == 'Cast' else {}
    repeats = np.prod(output) // 3
    constants = {'shape': np.array(output), 'repeats': np.array([1, repeats])}
    graph = helper.make_graph(
        [
            helper.make_node('Cast', ['images'], ['floats'], to=FLOAT),
            helper.make_node('ReduceMean', ['floats'], ['means'], axes=axes, keepdims=0),
            helper.make_node('Tile', ['means', 'repeats'], ['repeated']),
            helper.make_node('Reshape', ['repeated', 'shape'], ['reshaped']),
            helper.make_node(operator, ['reshaped'], ['output'], domain=domain, **attributes),
        ],
        'colours',
        [helper.make_tensor_value_info('images', dtype, shape)],
        [helper.make_tensor_value_info('output', attributes.get('to', FLOAT), output)],
        [onnx.numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    domains = ['', domain] if domain else ['']
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid(name, opset) for name in domains],
        ir_version=ir_version,
    )
    helper.set_model_props(model, properties)
    return model
