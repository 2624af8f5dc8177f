# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Makes TorchScript of the zoo's int8 models, packed for one engine."""

from __future__ import annotations

import io

import torch

from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.models.model import Model
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.runtime.engines import choose_engine, needs_exact_products
from rpi_classifier.runtime.known_answer import known_answers
from rpi_classifier.runtime.qint8 import wrap_linear_layers
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings
from rpi_classifier.runtime.torchscript import torch_runtime
from rpi_classifier.runtime.usual_spread import find_usual_spread
from rpi_classifier.versions import versions


def script_model(model: Model, engine: str = 'auto') -> tuple[ModelMetadata, bytes]:
    """
    Script a model, packed for an engine.

    :param model: int8, of the zoo; changed in place.
    :returns: its record, and a TorchScript archive without it.
    :raises ModelError: if the model does not work on the engine.
    """
    engine = choose_engine(engine)
    runtime = torch_runtime(
        model.network,
        model.transform,
        engine=engine,
        weights_backend=model.weights_backend,
        kernels='qnnpack' if engine == 'qnnpack' else 'auto',
    )
    if engine == 'qnnpack':  # whoever loads the file may rewrite it
        wrap_linear_layers(model.network)
    metadata = ModelMetadata(
        name=model.name,
        labels=model.labels,
        transform=model.transform,
        quantization=runtime.quantization,
        engine=engine,
        weights_backend=model.weights_backend,
        exact_products=has_exact_byte_products()
        and needs_exact_products(engine, model.weights_backend),
        answers=tuple(known_answers(runtime, model.transform)),
        versions=versions('torch', 'torchvision'),
        caution=runtime.info.caution,
        usual_spread=find_usual_spread(model.network),
        region=model.region,
    )
    stream = io.BytesIO()
    with suppress_torch_warnings():
        torch.jit.save(torch.jit.script(model.network), stream)
    return metadata, stream.getvalue()
