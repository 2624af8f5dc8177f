# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Writes the operations of torch's int8 networks as ONNX.

The network runs once, and each operation is recorded with the scales that it really uses.
torch.onnx.export cannot do this: of its two ways, TorchScript's knows no chunk or slice of
quantized tensors and is about to be removed; dynamo's drops the scales (pytorch issue 127167).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import onnx
import torch
from torch import nn, Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from rpi_classifier.errors import ModelError
from rpi_classifier.models.onnx_graph import IN_STEPS, OnnxGraph
from rpi_classifier.models.onnx_sums import sum_scales
from rpi_classifier.runtime.engines import channel_scales


def network_to_onnx(network: nn.Module, image: Tensor, name: str) -> onnx.ModelProto:
    """
    Run an int8 network and write what it does.

    :param network: converted int8 network without a quantization stub, in eager mode.
    :param image: [1, 3, size, size] quint8, of any content.
    :returns: a model from [1, size, size, 3] uint8 in RGB order, quantized as ``image`` is, to
        [1, classes] float32.
    :raises ModelError: if the network has an operation that is not known here.
    """
    graph = OnnxGraph(image)
    with torch.no_grad(), _Recorder(graph):
        logits = network(image)
    return graph.finish(logits, name)


class _Recorder(TorchDispatchMode):
    """Lets torch compute, and hands each operation with its result to its writer."""

    def __init__(self, graph: OnnxGraph) -> None:
        super().__init__()
        self._graph = graph

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name, kwargs = str(func.overloadpacket), kwargs or {}
        result = func(*args, **kwargs)
        if name in _WRITERS:
            _WRITERS[name](self._graph, result, *args, **kwargs)
        elif name not in _WITHOUT_NODE:
            raise ModelError(f'the operation {name} of torch has no ONNX form here')
        return result


def _convolution(
    graph: OnnxGraph, result: Tensor, x: Tensor, packed: Any, *_: Any, relu: bool = False
) -> None:
    inputs = _layer_inputs(graph, result, x, *torch.ops.quantized.conv2d_unpack(packed))
    value = graph.add(
        'Conv',
        inputs,
        strides=packed.stride(),
        pads=packed.padding() * 2,
        dilations=packed.dilation(),
        group=packed.groups(),
    )
    graph.quantize(value, result, IN_STEPS, relu=relu)


def _linear(
    graph: OnnxGraph, result: Tensor, x: Tensor, packed: Any, *_: Any, relu: bool = False
) -> None:
    inputs = _layer_inputs(graph, result, x, *torch.ops.quantized.linear_unpack(packed))
    graph.quantize(graph.add('Gemm', inputs, transB=1), result, IN_STEPS, relu=relu)


def _layer_inputs(
    graph: OnnxGraph, result: Tensor, x: Tensor, weight: Tensor, bias: Tensor | None
) -> list[str]:
    """Write what a layer takes, in steps; rounded in the order that qnnpack rounds in."""
    layer, scales = graph.layer(), channel_scales(weight)
    per_step = np.float32(1) / np.float32(result.q_scale())
    factors = scales.numpy().astype(np.float32) * np.float32(x.q_scale()) * per_step
    inputs = [graph.dequantize(x, IN_STEPS), graph.weight(layer, weight, factors)]
    if bias is not None:
        zeros = torch.zeros(len(scales), dtype=torch.int64)
        steps = torch.quantize_per_channel(
            bias.detach(), scales * x.q_scale(), zeros, 0, torch.qint32
        )
        inputs.append(graph.bias(layer, steps.int_repr().numpy(), factors))
    return inputs


def _sum(
    graph: OnnxGraph, result: Tensor, one: Tensor, other: Tensor, *_: Any, relu: bool = False
) -> None:
    scales = sum_scales(one, other, result)
    inputs = [graph.dequantize(x, scale) for x, scale in zip((one, other), scales)]
    graph.quantize(graph.add('Add', inputs), result, IN_STEPS, relu=relu)


def _elementwise(
    graph: OnnxGraph, result: Tensor, *operands: Any, op: str, **attributes: Any
) -> None:
    """Write an operation of one or more tensors; scale and zero point follow them."""
    inputs = [graph.dequantize(x) for x in operands if isinstance(x, Tensor)]
    graph.quantize(graph.add(op, inputs, **attributes), result)


def _concatenate(
    graph: OnnxGraph, result: Tensor, parts: Sequence[Tensor], dim: int, *_: Any
) -> None:
    inputs = [graph.dequantize(part) for part in parts]
    graph.quantize(graph.add('Concat', inputs, axis=dim), result)


def _global_pool(graph: OnnxGraph, result: Tensor, x: Tensor, size: Sequence[int]) -> None:
    if list(size) != [1, 1]:
        raise ModelError(f'an average pool to {list(size)} has no ONNX form here, only to [1, 1]')
    graph.quantize(graph.add('GlobalAveragePool', [graph.dequantize(x)]), result)


def _mean(graph: OnnxGraph, result: Tensor, x: Tensor, axes: Sequence[int], *_: Any) -> None:
    if list(axes) != [2, 3]:
        raise ModelError(f'a mean over axes {list(axes)} has no ONNX form here, only over [2, 3]')
    _global_pool(graph, result, x, (1, 1))
    _reshape(graph, result, result)


def _average_pool(
    graph: OnnxGraph,
    result: Tensor,
    x: Tensor,
    kernel: list[int],
    stride: Sequence[int] = (),
    padding: Sequence[int] = (0, 0),
    ceil: bool = False,
    count_padding: bool = True,
    divisor: int | None = None,
) -> None:
    if divisor is not None:
        raise ModelError('an average pool with a divisor of its own has no ONNX form here')
    value = graph.add(
        'AveragePool',
        [graph.dequantize(x)],
        kernel_shape=kernel,
        strides=stride or kernel,
        pads=[*padding, *padding],
        ceil_mode=int(ceil),
        count_include_pad=int(count_padding),
    )
    graph.quantize(value, result)


def _max_pool(
    graph: OnnxGraph,
    result: Tensor,
    x: Tensor,
    kernel: list[int],
    stride: Sequence[int] = (),
    padding: Sequence[int] = (0, 0),
    dilation: Sequence[int] = (1, 1),
    ceil: bool = False,
) -> None:
    value = graph.add(
        'MaxPool',
        [graph.stored(x)],
        kernel_shape=kernel,
        strides=stride or kernel,
        pads=[*padding, *padding],
        dilations=dilation,
        ceil_mode=int(ceil),
    )
    graph.bind(result, value)


def _reshape(graph: OnnxGraph, result: Tensor, x: Tensor, *_: Any) -> None:
    shape = graph.constant(f'{graph.stored(x)}_shape', result.shape, np.int64)
    graph.bind(result, graph.add('Reshape', [graph.stored(x), shape]))


def _transpose(graph: OnnxGraph, result: Tensor, x: Tensor, one: int, other: int) -> None:
    axes = list(range(x.dim()))
    axes[one], axes[other] = axes[other], axes[one]
    graph.bind(result, graph.add('Transpose', [graph.stored(x)], perm=axes))


def _split(
    graph: OnnxGraph, result: Sequence[Tensor], x: Tensor, size: int, axis: int = 0
) -> None:
    sizes = [part.shape[axis] for part in result]
    lengths = graph.constant(f'{graph.stored(x)}_lengths', sizes, np.int64)
    names = graph.add_many('Split', [graph.stored(x), lengths], len(result), axis=axis)
    for part, name in zip(result, names):
        graph.bind(part, name)


def _slice(
    graph: OnnxGraph,
    result: Tensor,
    x: Tensor,
    axis: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> None:
    limits = (start or 0, _LAST if end is None else end, axis, step)
    names = ('start', 'end', 'axis', 'step')
    inputs = [
        graph.constant(f'{graph.stored(x)}_{name}', [value], np.int64)
        for name, value in zip(names, limits)
    ]
    graph.bind(result, graph.add('Slice', [graph.stored(x), *inputs]))


def _unchanged(graph: OnnxGraph, result: Tensor, x: Tensor, *_: Any, **__: Any) -> None:
    graph.bind(result, graph.stored(x))


def _dequantize(graph: OnnxGraph, result: Tensor, x: Tensor) -> None:
    graph.bind(result, graph.dequantize(x))


_LAST = 2**63 - 1
_WITHOUT_NODE = {'aten._local_scalar_dense'}  # reads a scale from a module
_WRITERS: dict[str, Callable[..., None]] = {
    'quantized.conv2d': _convolution,
    'quantized.conv2d_relu': partial(_convolution, relu=True),
    'quantized.linear': _linear,
    'quantized.linear_relu': partial(_linear, relu=True),
    'quantized.add': _sum,
    'quantized.add_relu': partial(_sum, relu=True),
    'quantized.mul': partial(_elementwise, op='Mul'),
    'quantized.hardswish': partial(_elementwise, op='HardSwish'),
    'aten.hardsigmoid': partial(_elementwise, op='HardSigmoid', alpha=1 / 6, beta=0.5),
    'aten.relu': partial(_elementwise, op='Relu'),
    'quantized.cat': _concatenate,
    'aten._adaptive_avg_pool2d': _global_pool,
    'aten.mean': _mean,
    'aten.avg_pool2d': _average_pool,
    'aten.quantized_max_pool2d': _max_pool,
    'aten.view': _reshape,
    'aten.transpose': _transpose,
    'aten.split': _split,
    'aten.slice': _slice,
    'aten.clone': _unchanged,
    'aten.dequantize': _dequantize,
}
