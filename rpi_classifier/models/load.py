# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
From a config to a model that is ready to run.

Only this module knows which file format belongs to which runtime. A new format is a file beside
this one with a ``FORMAT``, and an entry in ``FORMATS``.
"""

from __future__ import annotations

from dataclasses import replace

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.model import ZOO_OPTIONS
from rpi_classifier.errors import ConfigError, TorchError
from rpi_classifier.models import onnx_file, pte_file, torchscript_file
from rpi_classifier.models.built_model import load_built, Tell
from rpi_classifier.models.file_format import FileFormat
from rpi_classifier.models.files import read_model_file
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.models.zoo import build_model, get_spec
from rpi_classifier.runtime import torch_releases

# The first one also takes files whose names end otherwise, and its runtime runs the zoo.
FORMATS = (torchscript_file.FORMAT, onnx_file.FORMAT, pte_file.FORMAT)


def load_model(config: ClassifierConfig, tell: Tell = str) -> LoadedModel:
    """
    Load the model that the config names.

    :param tell: is told what takes time, a sentence each; by default nobody hears it.
    :raises ConfigError: if an option is not for this model.
    :raises ModelError: if the model cannot be loaded or does not work here.
    """
    check_model_options(config)
    if config.is_file:
        return format_of(config.model).load(config)
    return _load_from_zoo(config, tell)


def check_model_options(config: ClassifierConfig) -> None:
    """
    Compare the options of a model with the format of its file.

    :raises ConfigError: if the runtime does not run it, or an option is determined by the file.
    """
    file_format = format_of(config.model)
    if config.runtime not in ('auto', file_format.runtime):
        remedy = _who_runs_what() if config.is_file else _export_for(config)
        raise ConfigError(f'runtime: {config.runtime!r} does not run {config.model!r}; {remedy}')
    for name in file_format.determined:
        own = getattr(ClassifierConfig, name)
        if getattr(config, name) != own:
            raise ConfigError(
                f'{name}: {getattr(config, name)!r} is not for {config.model!r}, which brings '
                f'its own; leave it at {own!r}'
            )


def check_model_exists(config: ClassifierConfig) -> None:
    """
    Find the model that a config names, without running it.

    :raises ModelError: if there is none, it is not a model, or it is not the one that
        ``model_sha256`` asks for.
    """
    if config.is_file:
        read_metadata(config.model, config.model_sha256)
    else:
        get_spec(config.model)


def determined_options(model: str) -> tuple[str, ...]:
    """Return the parameters that keep their defaults because a model's file determines them."""
    if not ClassifierConfig(model=model).is_file:
        return ()
    return (*ZOO_OPTIONS, *format_of(model).determined)


def format_of(model: str) -> FileFormat:
    """Return the format of a model file, or of what runs a model of the zoo."""
    return next((one for one in FORMATS if model.endswith(one.suffix)), FORMATS[0])


def read_metadata(model: str, sha256: str = '') -> ModelMetadata | None:
    """
    Return the record of a model file without running it; None if it has none.

    :param sha256: the digest that the file must have; empty: any.
    :raises ModelError: if it cannot be read, is damaged, or is not a model.
    """
    path, data = read_model_file(model, sha256)
    return format_of(model).read_metadata(data, path)


def name_in_file(model: str) -> str:
    """
    Return the name of the zoo's model that a file holds; the file's own if it holds another.

    :raises ModelError: if it cannot be read or is damaged.
    """
    metadata = read_metadata(model)
    return metadata.name if metadata and not metadata.foreign else model


def require_torch_for(model: str) -> None:
    """
    Call this before a model of the zoo is built.

    :raises UnknownModelError: if there is no such model.
    :raises TorchError: if torch does not run here; it says how to do without.
    """
    get_spec(model)
    try:
        torch_releases.require_torch()
    except TorchError as error:
        raise TorchError(f'{error}; {_without_torch(model)}') from error


def _load_from_zoo(config: ClassifierConfig, tell: Tell) -> LoadedModel:
    require_torch_for(config.model)
    return load_built(config, tell) if config.jit else _build_eager(config)


def _build_eager(config: ClassifierConfig) -> LoadedModel:
    """Build a model in this process: only what TorchScript compiled fits into a file."""
    from rpi_classifier.runtime.torchscript import set_torch_threads, torch_runtime

    set_torch_threads(config.num_threads)  # loading warms up with as many
    model = build_model(config.model, config.weights)
    runtime = torch_runtime(
        model.network,
        model.transform,
        engine=config.engine,
        jit=False,
        weights_backend=model.weights_backend,
        kernels=config.kernels,
    )
    caution = '; '.join(filter(None, (model.caution, runtime.info.caution)))
    runtime.info = replace(runtime.info, caution=caution)
    return LoadedModel(model.name, runtime, model.transform, model.labels, model.weights_backend)


def _without_torch(model: str) -> str:
    """Return how a robot without torch gets a model of the zoo."""
    file = f'{model}.onnx'
    return (
        f'or do without torch: run scripts/make_onnx {model} on a PC, copy {file} to this robot, '
        f'and start with model:=/path/{file}'
    )


def _who_runs_what() -> str:
    first, *others = FORMATS
    words = [f'{one.runtime} runs FILE{one.suffix}' for one in others]
    return ', '.join([*words, f'{first.runtime} all others'])


def _export_for(config: ClassifierConfig) -> str:
    """Return how a model of the zoo becomes a file for the runtime that the config names."""
    wanted = next(one for one in FORMATS if one.runtime == config.runtime)
    file = config.model + wanted.suffix
    return f'run: export_model --model {config.model} --output {file}, and set model: /path/{file}'
