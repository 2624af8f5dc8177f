# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Builds an ONNX graph whose values are the quantized tensors of torch.

Operations that compute stand between DequantizeLinear and QuantizeLinear (QDQ, which runtimes
fuse into int8 kernels); operations that only move bytes work on the stored values.

Layers and sums count in steps: their input and output have scale 1 there, and the weight has the
factor by which sums of products become steps of the output. With the real scales a runtime
computes it as x * w / y, torch's qnnpack as w * x * (1 / y), and the last bit differs in every
third channel. One value in 300,000 is then rounded the other way, which changed the class of 3 of
200 photos (efficientnet_lite0). With qnnpack's own factors layers are bit-equal to qnnpack's.
Documentation strings of the nodes have the real scales.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
import onnx
from onnx import helper, numpy_helper, TensorProto
from torch import Tensor

from rpi_classifier.models.onnx_constants import BIAS, SCALE, WEIGHT

# Old enough for every onnxruntime that has wheels for Python 3.10 and newer.
_OPSET, _IR_VERSION = 17, 8
_INPUT, _OUTPUT = 'image', 'logits'
_ZERO_POINT = '_zero_point'


IN_STEPS = 1.0  # a scale


class OnnxGraph:
    """Nodes and constants, and the name of the value that each tensor became."""

    def __init__(self, image: Tensor) -> None:
        """
        Begin with the input.

        :param image: [1, 3, size, size] quint8; the graph's input is [1, size, size, 3] uint8.
        """
        batch, channels, height, width = image.shape
        self._input_shape = [batch, height, width, channels]
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, NDArray[Any]] = {}
        self._values: dict[int, tuple[Tensor, str]] = {}  # a tensor that lives keeps its id
        self.bind(image, self.add('Transpose', [_INPUT], perm=[0, 3, 1, 2]))

    def add(self, op_type: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node with one output; return the output's name."""
        return self.add_many(op_type, inputs, 1, **attributes)[0]

    def add_many(
        self, op_type: str, inputs: Sequence[str], outputs: int, **attributes: Any
    ) -> list[str]:
        """Add a node; return the names of its outputs."""
        name = f'{op_type}_{len(self._nodes)}'
        names = [name if index == 0 else f'{name}_{index}' for index in range(outputs)]
        self._nodes.append(helper.make_node(op_type, inputs, names, name=name, **attributes))
        return names

    def layer(self) -> str:
        """Return a name for the constants of a layer, which no other layer has."""
        return f'layer_{len(self._nodes)}'

    def constant(self, name: str, values: Any, dtype: Any) -> str:
        """Add a constant; return its name."""
        self._constants[name] = np.asarray(values, dtype)
        return name

    def bind(self, tensor: Tensor, name: str) -> None:
        """Let a value of the graph stand for a tensor."""
        self._values[id(tensor)] = tensor, name

    def stored(self, tensor: Tensor) -> str:
        """Return the name of the value that a tensor became."""
        return self._values[id(tensor)][1]

    def dequantize(self, tensor: Tensor, scale: float | None = None) -> str:
        """Return the name of a tensor's float values; ``scale`` stands in for its own."""
        inputs = [self.stored(tensor), *self._scale_and_zero_point(tensor, scale)]
        return self.add('DequantizeLinear', inputs)

    def quantize(
        self, value: str, tensor: Tensor, scale: float | None = None, *, relu: bool = False
    ) -> None:
        """Let float values, after a ReLU if there is one, become a quantized tensor."""
        if relu and tensor.q_zero_point():  # with zero point 0 nothing below 0 can be stored
            value = self.add('Relu', [value])
        inputs = [value, *self._scale_and_zero_point(tensor, scale)]
        doc_string = f'real scale: {tensor.q_scale():.9g}'
        self.bind(tensor, self.add('QuantizeLinear', inputs, doc_string=doc_string))

    def weight(self, layer: str, weight: Tensor, factors: NDArray[np.float32]) -> str:
        """
        Add a layer's weight.

        :param weight: [out, ...] qint8.
        :param factors: from sums of products to steps of the output, [out].
        """
        name = layer + WEIGHT
        inputs = [
            self.constant(name, weight.int_repr().numpy(), np.int8),
            self.constant(name + SCALE, factors, np.float32),
            self.constant(name + _ZERO_POINT, np.zeros_like(factors), np.int8),
        ]
        return self.add('DequantizeLinear', inputs, axis=0)

    def bias(self, layer: str, steps: NDArray[np.int32], factors: NDArray[np.float32]) -> str:
        """Add a layer's bias in steps of the sums of products, [out]."""
        name = layer + BIAS
        inputs = [
            self.constant(name, steps, np.int32),
            self.constant(name + SCALE, factors, np.float32),
        ]
        return self.add('DequantizeLinear', inputs, axis=0)

    def finish(self, logits: Tensor, name: str) -> onnx.ModelProto:
        """Return the checked model, from the input to ``logits``, [1, classes] float32."""
        self._nodes.append(
            helper.make_node('Identity', [self.stored(logits)], [_OUTPUT], name=_OUTPUT)
        )
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info(_INPUT, TensorProto.UINT8, self._input_shape)],
            [helper.make_tensor_value_info(_OUTPUT, TensorProto.FLOAT, list(logits.shape))],
            [numpy_helper.from_array(values, key) for key, values in self._constants.items()],
        )
        model = helper.make_model(
            graph,
            producer_name='rpi_classifier',
            opset_imports=[helper.make_opsetid('', _OPSET)],
            ir_version=_IR_VERSION,
        )
        onnx.checker.check_model(model, full_check=True)
        return model

    def _scale_and_zero_point(self, tensor: Tensor, scale: float | None) -> list[str]:
        scale, zero_point = scale or tensor.q_scale(), tensor.q_zero_point()
        return [
            self.constant(f'scale_{scale:.9g}', scale, np.float32),
            self.constant(f'zero_point_{zero_point}', zero_point, np.uint8),
        ]
