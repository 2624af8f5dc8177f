# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Makes ONNX of the zoo's int8 models."""

from __future__ import annotations

from rpi_classifier.models.model import Model
from rpi_classifier.models.onnx_operations import network_to_onnx
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.runtime.engines import choose_engine, move_to_engine, needs_exact_products
from rpi_classifier.runtime.known_answer import check_known_answers, known_answers
from rpi_classifier.runtime.onnx import ENGINE, OnnxRuntime
from rpi_classifier.runtime.torch_input import input_tensor, take_off_stub
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings
from rpi_classifier.runtime.torchscript import TorchRuntime
from rpi_classifier.runtime.usual_spread import find_usual_spread
from rpi_classifier.versions import versions


def trace_model(model: Model) -> tuple[ModelMetadata, bytes]:
    """
    Write what an int8 model does as ONNX, and check that ONNX Runtime does the same.

    The known answers are those of torch's engine qnnpack, whose products are exact.

    :param model: of the zoo; changed in place.
    :returns: its record, and an ONNX file without it.
    :raises ModelError: if the network has an operation without an ONNX form here, or ONNX Runtime
        is missing or gives other answers.
    """
    network, transform = model.network, model.transform
    move_to_engine(network, choose_engine('qnnpack'), model.weights_backend)
    quantization = take_off_stub(network)
    answers = known_answers(TorchRuntime(network, transform.size, quantization), transform)
    with suppress_torch_warnings():
        image, _ = input_tensor(transform.size, quantization)
        content = network_to_onnx(network, image, model.name).SerializeToString()
    runtime = OnnxRuntime(content, quantization=quantization)
    spread = find_usual_spread(network)
    check_known_answers(known_answers(runtime, transform), answers, usual_spread=spread)
    metadata = ModelMetadata(
        name=model.name,
        labels=model.labels,
        transform=transform,
        quantization=quantization,
        engine=ENGINE,
        weights_backend=model.weights_backend,
        exact_products=needs_exact_products(ENGINE, model.weights_backend),
        answers=tuple(answers),
        versions=versions('torch', 'torchvision', 'onnx', 'onnxruntime'),
        usual_spread=spread,
        region=model.region,
    )
    return metadata, content
