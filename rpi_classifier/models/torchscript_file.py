# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0


"""
Exported models: a TorchScript file with all that belongs to it inside.

TorchScript runs code of the file. Pin files that others made with ``model_sha256``.
"""

from __future__ import annotations

from dataclasses import replace
import io
from pathlib import Path

import torch
from torch import nn

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.errors import ModelError
from rpi_classifier.models import record
from rpi_classifier.models.labels import read_labels
from rpi_classifier.models.zoo import Model
from rpi_classifier.runtime import kernels, known_answer, Loaded, RuntimeInfo
from rpi_classifier.runtime.engines import choose_engine, needs_exact_products
from rpi_classifier.runtime.torch_warnings import quiet
from rpi_classifier.runtime.torchscript import Compiled, first_line, TorchScript
from rpi_classifier.versions import versions

_UNCHECKED = 'none recorded; its answer depends on the image'


def export(model: Model, path: Path, engine: str = 'auto') -> record.Record:
    """
    Write a model of the zoo, packed for an engine, as a file.

    The file is complete or not there: it is written under another name first.

    :returns: what the file says about itself.
    :raises ModelError: if the model does not work on the engine or the file cannot be written.
    """
    chosen = choose_engine(engine)
    runtime = TorchScript(
        model.network,
        model.transform,
        engine=chosen,
        trained_for=model.trained_for,
        kernels='qnnpack' if chosen == 'qnnpack' else 'auto',
    )
    assert runtime.quantization
    if chosen == 'qnnpack':  # whoever loads the file may rewrite it
        kernels.wrap(model.network)
    own = record.Record(
        name=model.name,
        labels=model.labels,
        transform=model.transform,
        quantization=runtime.quantization,
        engine=chosen,
        trained_for=model.trained_for,
        exact_products=needs_exact_products(chosen, model.trained_for)
        and has_exact_byte_products(),
        answers=tuple(runtime.answers()),
        versions=versions('torch', 'torchvision'),
    )
    stream = io.BytesIO()
    with quiet():
        torch.jit.save(torch.jit.script(model.network), stream)
    content = record.add(own, stream.getvalue(), path)
    record.write(content, path)
    written = record.read(content, path)
    assert written
    return written


def load(config: ClassifierConfig) -> Loaded:
    """
    Load the file that ``config.model`` names; no network, no torchvision.

    :raises ModelError: if the file is not what it should be, or does not work here.
    """
    path, data = record.read_file(config.model, config.model_sha256)
    digest = record.file_sha256(data)
    own = record.read(data, path)
    if own is None:
        return replace(_load_foreign(data, path, config), sha256=digest)
    if config.describes_file:
        raise ModelError(
            f'model {path} brings its labels and input description; leave labels and input_size '
            'at their defaults'
        )
    return replace(_load_recorded(data, path, config, own), sha256=digest)


def _load_recorded(
    data: bytes, path: Path, config: ClassifierConfig, own: record.Record
) -> Loaded:
    if config.engine not in ('auto', own.engine):
        raise ModelError(
            f'model {path} was exported for engine {own.engine}, not {config.engine!r}; set '
            f'engine: auto, or export it with --engine {config.engine}'
        )
    try:
        engine = choose_engine(own.engine)
    except ModelError as error:
        raise ModelError(f'model {path}: {error}') from error
    if own.exact_products and not has_exact_byte_products():
        raise ModelError(
            f'model {path} was exported for engine {engine} on a processor with VNNI; this one '
            'would overflow with its weights: export it here, or with --engine qnnpack'
        )
    runtime = Compiled(_network(data, path, engine), own.transform, own.quantization)
    try:
        in_use, reason = runtime.choose_kernels(config.kernels, engine)
        runtime.compile()
        runtime.warm_up()
        verdict = known_answer.check(runtime.answers(), own.answers)
    except (RuntimeError, ModelError) as error:
        raise ModelError(f'model {path}: {first_line(error)}') from error
    runtime.info = RuntimeInfo(
        'torchscript', engine, True, verdict, kernels=in_use, kernels_reason=reason
    )
    return Loaded(own.name, runtime, own.transform, own.labels, own.trained_for)


def _load_foreign(data: bytes, path: Path, config: ClassifierConfig) -> Loaded:
    if not (config.labels and config.input_size):
        raise ModelError(
            f'model {path} has no record of export_model; set labels to a file of class names '
            'and input_size, and input_resize, input_mean and input_std where the defaults are '
            'not right'
        )
    labels = read_labels(Path(config.labels).expanduser())
    transform = config.input_transform()
    engine = choose_engine(config.engine)
    runtime = Compiled(_network(data, path, engine), transform, None)
    in_use, reason = runtime.choose_kernels(config.kernels, engine)
    runtime.compile()
    try:
        runtime.warm_up()
        answers = runtime.answers()
        known_answer.check(answers, answers)
    except (RuntimeError, ModelError, AttributeError, IndexError, TypeError) as error:
        raise ModelError(
            f'model {path} cannot be run on a float image of {transform.size}x{transform.size}: '
            f'{first_line(error)}'
        ) from error
    runtime.info = RuntimeInfo(
        'torchscript', engine, True, _UNCHECKED, kernels=in_use, kernels_reason=reason
    )
    return Loaded(path.stem, runtime, transform, labels)


def _network(data: bytes, path: Path, engine: str) -> nn.Module:
    torch.backends.quantized.engine = engine  # int8 weights are packed for it while loading
    try:
        with quiet():
            # Torch announces the end of quantized tensors once, and from C++ past Python's
            # filters if that happens to be while loading.
            torch.quantize_per_tensor(torch.zeros(1), 1.0, 0, torch.quint8)
            return torch.jit.load(io.BytesIO(data), map_location='cpu').eval()  # type: ignore
    except RuntimeError as error:
        raise ModelError(
            f'model {path} cannot be loaded by torch {torch.__version__}: {first_line(error)}; '
            'export it with this version'
        ) from error
