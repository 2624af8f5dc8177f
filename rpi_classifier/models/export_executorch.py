# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Makes ExecuTorch programs of float models: PT2E quantization, lowered to XNNPACK's kernels.

Weights are symmetric and by channel; images calibrate the ranges of the activations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import copy
import logging
from typing import Any

import torch
from torch import fx, nn, Tensor

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.models.model import Model
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.runtime.executorch import ENGINE, ExecuTorchRuntime, INSTALL
from rpi_classifier.runtime.known_answer import known_answers
from rpi_classifier.runtime.preprocess import Preprocessor
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings
from rpi_classifier.versions import versions

_MOST_IMAGES = 32  # a second each; on more the ranges change little


def lower_model(model: Model, images: Sequence[Image]) -> tuple[ModelMetadata, bytes]:
    """
    Quantize a float model and lower it to a program.

    :param model: its float network maps [1, 3, size, size] to [1, classes] logits.
    :param images: to calibrate on, [H, W, 3] uint8 BGR, any size; some of them suffice.
    :returns: its record, and the program.
    :raises ModelError: if ExecuTorch is missing or cannot take the network.
    """
    transform = model.transform
    try:
        with suppress_torch_warnings(), _silent_logs():
            program = _lower(_quantize(model, _batches(images, transform)), transform)
    except ImportError as error:
        raise ModelError(f'executorch cannot export: {error}; {INSTALL}') from error
    runtime = ExecuTorchRuntime(program, transform.size)
    metadata = ModelMetadata(
        name=model.name,
        labels=model.labels,
        transform=transform,
        quantization=None,
        engine=ENGINE,
        weights_backend=model.weights_backend,
        exact_products=False,
        answers=tuple(known_answers(runtime, transform)),
        versions=versions('torch', 'executorch', 'torchao'),
    )
    return metadata, program


class _Calibration(fx.Interpreter):
    """Runs a prepared network on images, with activations clamped as the network's own are."""

    def __init__(self, network: fx.GraphModule, ceiling: float | None) -> None:
        super().__init__(network)
        self._ceiling = ceiling

    def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
        result = super().call_function(target, args, kwargs)
        if self._ceiling and target is torch.ops.aten.relu.default:
            return result.clamp(max=self._ceiling)
        return result


def _quantize(model: Model, batches: Iterator[Tensor]) -> nn.Module:
    from executorch.backends.xnnpack.quantizer import xnnpack_quantizer
    from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

    config = xnnpack_quantizer.get_symmetric_quantization_config(is_per_channel=True)
    quantizer = xnnpack_quantizer.XNNPACKQuantizer().set_global(config)
    network, ceiling = _with_plain_relu(model.network)
    exported = torch.export.export(network, (_example(model.transform),))
    prepared = prepare_pt2e(exported.module(), quantizer)
    calibration = _Calibration(prepared, ceiling)
    with torch.no_grad():
        for batch in batches:
            calibration.run(batch)
    return convert_pt2e(prepared)  # type: ignore[no-any-return]


def _with_plain_relu(network: nn.Module) -> tuple[nn.Module, float | None]:
    """
    Return a copy that has ReLU in place of ReLU6, and the value that its activations end at.

    XNNPACKQuantizer supports ReLU only; the range of eight bits that ends at six does the rest.
    """
    if not any(isinstance(module, nn.ReLU6) for module in network.modules()):
        return network, None
    network = copy.deepcopy(network)
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.ReLU6):
                setattr(module, name, nn.ReLU())
    return network, 6.0


def _lower(network: nn.Module, transform: Transform) -> bytes:
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.exir import to_edge_transform_and_lower

    exported = torch.export.export(network, (_example(transform),))
    edge = to_edge_transform_and_lower(exported, partitioner=[XnnpackPartitioner()])
    return bytes(edge.to_executorch().buffer)


def _example(transform: Transform) -> Tensor:
    size = transform.size
    return torch.zeros(1, 3, size, size).to(memory_format=torch.channels_last)


def _batches(images: Sequence[Image], transform: Transform) -> Iterator[Tensor]:
    """Yield some of the images, evenly chosen, as the network's input."""
    prepare = Preprocessor(transform)
    for image in images[:: -(-len(images) // _MOST_IMAGES)]:
        memory = torch.zeros(1, transform.size, transform.size, 3)
        prepare(image, memory[0].numpy())
        yield memory.permute(0, 3, 1, 2)


@contextmanager
def _silent_logs() -> Iterator[None]:
    """Hide the warnings of torch and torchao that concern their own code."""
    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(previous)
