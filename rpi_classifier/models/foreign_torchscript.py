# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Loads TorchScript files that others made.

Such a file has no known answers, may end the process with an error, and may run any code. So it
first runs in a process of its own as it was saved; what it answers there becomes the known answer
for the network that runs here, compiled. Int8 weights get the same headroom as those of the zoo.
A file that export_model packed has its known answers in its record, so nothing is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
import re
from typing import Any, TYPE_CHECKING

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Transform
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.foreign_file import ForeignFile
from rpi_classifier.models.foreign_trial import ForeignTrial, try_foreign
from rpi_classifier.models.labels import check_labels, given_labels
from rpi_classifier.models.metadata_schema import LONGEST_CAUTION
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.output_kind import OutputKind, resolve_output_kind
from rpi_classifier.models.outputs import OutputChoice
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.models.recorded_model import recorded_model
from rpi_classifier.runtime.known_answer import (
    check_known_answers,
    compare_answers,
    known_answers,
    SAME_NETWORK,
    TOLERANCE,
)
from rpi_classifier.versions import versions

if TYPE_CHECKING:
    from rpi_classifier.runtime.torchscript import TakeScores, TorchRuntime


def load_foreign(data: bytes, path: Path, config: ClassifierConfig) -> LoadedModel:
    """
    Load a TorchScript file that has no record.

    :param data: the content of the file, already known to be TorchScript.
    :raises ModelError: if something is missing that describes it, or it does not work here.
    """
    labels, transform, file = _described(data, path, config)
    with _explained(file, transform):
        tried = _try(file, transform, labels, config)
        trial, jit = tried.trial, not tried.trial.why_not_compiled
        runtime, caution = _compile(file, transform, trial.output, jit, config)
        check = compare_answers if trial.constant else check_known_answers
        tolerance = TOLERANCE if file.contents.int8_share else SAME_NETWORK
        runtime.info = replace(
            runtime.info,
            known_answer=check(known_answers(runtime, transform), trial.answers, tolerance),
            output=f'{tried.kind.kind}: {tried.kind.reason}',
            weights=f'{file.contents.int8_share:.0%} int8',
            caution='; '.join(filter(None, [caution, *file.cautions(trial)])),
        )
    return LoadedModel(path.stem, runtime, transform, labels, output_kind=tried.kind.kind)


def describe_foreign(
    data: bytes, path: Path, config: ClassifierConfig, name: str
) -> ModelMetadata:
    """
    Return a record for a TorchScript file that has none; the file runs in another process only.

    :param name: of the model.
    :raises ModelError: as ``load_foreign``, or if the network looks untrained.
    """
    labels, transform, file = _described(data, path, config)
    with _explained(file, transform):
        tried = _try(file, transform, labels, config)
        trial = tried.trial
        if trial.constant:
            raise ModelError(
                'it answers the same to different images; its weights or its input description '
                'are wrong'
            )
    cautions = '; '.join(replace(file, pinned=True).cautions(trial))
    return ModelMetadata(
        name=name,
        labels=labels,
        transform=transform,
        quantization=None,
        engine=tried.reference_engine,
        weights_backend='unknown',
        exact_products=False,
        answers=trial.answers,
        versions=versions('torch'),
        output_kind=tried.kind.kind,
        caution=re.sub('[^ -~]', '?', cautions)[:LONGEST_CAUTION],
        foreign=True,
        output=trial.output.path,
        jit=not trial.why_not_compiled,
    )


def load_packed(
    data: bytes, path: Path, config: ClassifierConfig, metadata: ModelMetadata
) -> LoadedModel:
    """
    Load a file of others that has a record, so that nothing has to be tried.

    :raises ModelError: if it does not work here, or answers differently.
    """
    file = ForeignFile.open(path, data, pinned=bool(config.model_sha256))
    output = OutputChoice(metadata.output, len(metadata.labels))
    with _explained(file, metadata.transform):
        runtime, caution = _compile(file, metadata.transform, output, metadata.jit, config)
        check_labels(metadata.labels, len(runtime.run()))
        runtime.info = replace(runtime.info, caution=caution)
        return recorded_model(runtime, metadata)


@dataclass(frozen=True)
class _Tried:
    """What a file did in a process of its own, and what that says about its scores."""

    trial: ForeignTrial
    kind: OutputKind
    reference_engine: str


def _described(
    data: bytes, path: Path, config: ClassifierConfig
) -> tuple[tuple[str, ...], Transform, ForeignFile]:
    if not (config.labels and config.input_size):
        raise ModelError(
            f'model {path} has no record of export_model; set labels to a file of class names '
            'and input_size, and input_resize, input_mean and input_std where the defaults are '
            'not right'
        )
    labels, transform = given_labels(config.labels), config.input_transform()
    return labels, transform, ForeignFile.open(path, data, pinned=bool(config.model_sha256))


@contextmanager
def _explained(file: ForeignFile, transform: Transform) -> Iterator[None]:
    """Let errors name the file."""
    try:
        yield
    except ModelError as error:
        raise ModelError(f'model {file.path}: {error}') from error
    except Exception as error:  # networks may raise anything
        raise ModelError(file.explain(error, transform.size)) from error


def _try(
    file: ForeignFile, transform: Transform, labels: tuple[str, ...], config: ClassifierConfig
) -> _Tried:
    """Run the network as it is, then compiled, in a process of its own."""
    from rpi_classifier.runtime.engines import choose_engine

    engine = choose_engine(config.engine)
    reference_engine = _reference_engine(engine, file)
    trial = try_foreign(
        file.path,
        file_sha256(file.data),
        transform,
        engine=engine,
        reference_engine=reference_engine,
        classes=len(labels),
    )
    check_labels(labels, trial.output.classes)
    samples = [*trial.answers, *trial.more_answers]
    kind = resolve_output_kind(config.output_kind, samples, trial.last_operation)
    return _Tried(trial, kind, reference_engine)


def _reference_engine(engine: str, file: ForeignFile) -> str:
    """Return an engine that multiplies bytes exactly here."""
    from rpi_classifier.runtime.engines import supported_engines

    if has_exact_byte_products() or not file.contents.int8_share:
        return engine
    return 'qnnpack' if 'qnnpack' in supported_engines() else engine


def _compile(
    file: ForeignFile,
    transform: Transform,
    output: OutputChoice,
    jit: bool,
    config: ClassifierConfig,
) -> tuple[TorchRuntime, str]:
    """Return the network as it will run, and what its int8 weights lose."""
    from rpi_classifier.runtime.engines import choose_engine
    from rpi_classifier.runtime.script_headroom import give_headroom
    from rpi_classifier.runtime.torchscript import load_network, prepare_runtime

    engine = choose_engine(config.engine)
    network = load_network(file.data, engine)
    caution = give_headroom(network, engine) if file.contents.int8_share else ''
    runtime = prepare_runtime(
        network,
        transform,
        None,
        engine=engine,
        kernels=config.kernels,
        jit=jit,
        take=_taker(output),
    )
    runtime.info = replace(runtime.info, mode='jit')  # scripted by whoever made it
    return runtime, caution


def _taker(output: OutputChoice) -> TakeScores:
    def take(returned: Any) -> Any:
        return output.take(returned).dequantize().float()

    return take
