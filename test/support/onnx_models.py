# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
A small ONNX network in the forms that others give theirs.

Tests that import this are skipped where onnx or onnxruntime is not installed.
"""

from pathlib import Path

import numpy as np
import pytest

from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.models.onnx_archive import pack_onnx
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.runtime.known_answer import known_answers
from rpi_classifier.runtime.onnx import OnnxRuntime

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


def recorded_colours(labels, *, answers=None):
    """
    Return the bytes of a file with a record, as export_model writes it: the colour means again.

    :param answers: what the record says of the known images; None: the truth.
    """
    network = colour_means((1, 32, 32, 3), dtype=UINT8).SerializeToString()
    transform = Transform(32, 32, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    quantization = Quantization(1 / 255, 0)
    if answers is None:
        runtime = OnnxRuntime(network, quantization=quantization)
        answers = known_answers(runtime, transform)
    metadata = ModelMetadata(
        name='colours',
        labels=tuple(labels),
        transform=transform,
        quantization=quantization,
        engine='cpu',
        weights_backend='qnnpack',
        exact_products=False,
        answers=tuple(np.asarray(one, np.float32) for one in answers),
    )
    return pack_onnx(metadata, network)


def quantize_statically(path: Path, quantized: Path, form: str) -> None:
    """
    Quantize a file with the input ``input``, [1, 3, 32, 32], by ONNX Runtime's own quantizer.

    :param form: QDQ or QOperator.
    """
    from onnxruntime import quantization

    class Noise(quantization.CalibrationDataReader):
        def __init__(self) -> None:
            noise = np.random.default_rng(0)
            images = [noise.normal(0, 2, (1, 3, 32, 32)).astype(np.float32) for _ in range(4)]
            self.feeds = iter([{'input': image} for image in images])

        def get_next(self) -> dict[str, np.ndarray] | None:
            return next(self.feeds, None)

    quantization.quantize_static(
        path, quantized, Noise(), quant_format=quantization.QuantFormat[form]
    )
