# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Loads TorchScript files that others made.

Such a file has no known answers, may end the process with an error, and may run any code. So it
first runs in a process of its own as it was saved; what it answers there becomes the known answer
for the network that runs here, compiled. Int8 weights get the same headroom as those of the zoo.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, TYPE_CHECKING

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Transform
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.foreign_file import ForeignFile
from rpi_classifier.models.foreign_trial import ForeignTrial, try_foreign
from rpi_classifier.models.labels import check_labels, given_labels
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.output_kind import OutputKind, resolve_output_kind
from rpi_classifier.models.outputs import OutputChoice
from rpi_classifier.runtime.known_answer import (
    check_known_answers,
    compare_answers,
    known_answers,
    SAME_NETWORK,
    TOLERANCE,
)

if TYPE_CHECKING:
    from rpi_classifier.runtime.torchscript import TakeScores, TorchRuntime


def load_foreign(data: bytes, path: Path, config: ClassifierConfig) -> LoadedModel:
    """
    Load a TorchScript file that has no record.

    :param data: the content of the file, already known to be TorchScript.
    :raises ModelError: if something is missing that describes it, or it does not work here.
    """
    labels = _labels(path, config)
    transform = config.input_transform()
    file = ForeignFile.open(path, data, pinned=bool(config.model_sha256))
    try:
        runtime, kind = _try_and_compile(file, transform, labels, config)
    except ModelError as error:
        raise ModelError(f'model {path}: {error}') from error
    except Exception as error:  # networks may raise anything
        raise ModelError(file.explain(error, transform.size)) from error
    return LoadedModel(path.stem, runtime, transform, labels, output_kind=kind.kind)


def _labels(path: Path, config: ClassifierConfig) -> tuple[str, ...]:
    if not (config.labels and config.input_size):
        raise ModelError(
            f'model {path} has no record of export_model; set labels to a file of class names '
            'and input_size, and input_resize, input_mean and input_std where the defaults are '
            'not right'
        )
    return given_labels(config.labels)


def _try_and_compile(
    file: ForeignFile, transform: Transform, labels: tuple[str, ...], config: ClassifierConfig
) -> tuple[TorchRuntime, OutputKind]:
    """Run the network as it is, compile it, and compare both."""
    from rpi_classifier.runtime.engines import choose_engine

    engine = choose_engine(config.engine)
    trial = try_foreign(
        file.path,
        file_sha256(file.data),
        transform,
        engine=engine,
        reference_engine=_reference_engine(engine, file),
        classes=len(labels),
    )
    check_labels(labels, trial.output.classes)
    samples = [*trial.answers, *trial.more_answers]
    kind = resolve_output_kind(config.output_kind, samples, trial.last_operation)
    runtime, caution = _compile(file, transform, trial, engine, config.kernels)
    check = compare_answers if trial.constant else check_known_answers
    tolerance = TOLERANCE if file.contents.int8_share else SAME_NETWORK
    runtime.info = replace(
        runtime.info,
        mode='jit',
        known_answer=check(known_answers(runtime, transform), trial.answers, tolerance),
        output=f'{kind.kind}: {kind.reason}',
        weights=f'{file.contents.int8_share:.0%} int8',
        caution='; '.join(filter(None, [caution, *file.cautions(trial)])),
    )
    return runtime, kind


def _reference_engine(engine: str, file: ForeignFile) -> str:
    """Return an engine that multiplies bytes exactly here."""
    from rpi_classifier.runtime.engines import supported_engines

    if has_exact_byte_products() or not file.contents.int8_share:
        return engine
    return 'qnnpack' if 'qnnpack' in supported_engines() else engine


def _compile(
    file: ForeignFile, transform: Transform, trial: ForeignTrial, engine: str, kernels: str
) -> tuple[TorchRuntime, str]:
    """Return the network as it will run, and what its int8 weights lose."""
    from rpi_classifier.runtime.script_headroom import give_headroom
    from rpi_classifier.runtime.torchscript import load_network, prepare_runtime

    network = load_network(file.data, engine)
    caution = give_headroom(network, engine) if file.contents.int8_share else ''
    runtime = prepare_runtime(
        network,
        transform,
        None,
        engine=engine,
        kernels=kernels,
        jit=not trial.why_not_compiled,
        take=_taker(trial.output),
    )
    return runtime, caution


def _taker(output: OutputChoice) -> TakeScores:
    def take(returned: Any) -> Any:
        return output.take(returned).dequantize().float()

    return take
