# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Loads ONNX files that others made.

Parameters describe them, or what their exporters noted in them. Loading runs no code of the file,
but it may take all memory, or meet an error of ONNX Runtime's. So the network first runs in a
process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
import re
from typing import Any

from numpy.typing import NDArray

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.labels import check_labels, given_labels, parse_labels
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.onnx_contents import OnnxContents
from rpi_classifier.models.output_kind import OutputKind, resolve_output_kind
from rpi_classifier.models.outputs import check_repeatable, check_scores, choose_output
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.probes.run_probe import run_probe
from rpi_classifier.runtime.known_answer import (
    answers_for,
    known_answers,
    known_images,
    plain_images,
)
from rpi_classifier.runtime.onnx import ENGINE, OnnxRuntime
from rpi_classifier.versions import versions

_LIMIT_S = 120.0
_UNCHECKED = 'none recorded; its answer depends on the image'
_NO_MEAN, _NO_STD = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
_PIXELS = Quantization(1 / 255, 0)  # bytes that are pixels: the network normalizes


@dataclass(frozen=True)
class _Notes:
    """What ultralytics notes in a file: names and imgsz, and that images are not normalized."""

    properties: Mapping[str, str]

    @property
    def size(self) -> int:
        """Return the side of the input; 0 if it is not noted."""
        sides = re.findall(r'\d{1,4}', self.properties.get('imgsz', ''))
        return int(sides[0]) if sides else 0

    def labels(self) -> tuple[str, ...]:
        """
        Return the names of the classes.

        :raises ModelError: if there are none, or they cannot be used.
        """
        if 'names' not in self.properties:
            raise ModelError(
                'it has no record of export_model; set labels to a file of class names, and '
                'input_resize, input_mean and input_std where the defaults are not right'
            )
        try:
            return parse_labels(self.properties['names'])
        except ModelError as error:
            raise ModelError(
                f'the class names in its metadata cannot be used ({error}); set labels to a file '
                'of class names'
            ) from error

    def transform(self, config: ClassifierConfig, size: int) -> Transform:
        """
        Return the geometry and the normalization; parameters that are set count more.

        :raises ModelError: if input_resize is less than the side of the input.
        """
        given = config.input_transform()
        transform = replace(given, size=size, resize=config.input_resize or size)
        if transform.resize < size:
            raise ModelError(
                f'input_resize: {transform.resize} is less than the side of its input, {size}'
            )
        is_default = (given.mean, given.std) == (Transform.mean, Transform.std)
        if is_default and self.properties.get('author') == 'Ultralytics':
            return replace(transform, mean=_NO_MEAN, std=_NO_STD)
        return transform


def load_foreign_onnx(
    data: bytes, path: Path, config: ClassifierConfig, contents: OnnxContents
) -> LoadedModel:
    """
    Load an ONNX file that has no record.

    :raises ModelError: without the file's name, if something is missing that describes it, or it
        does not work here.
    """
    return _load(data, path, config, contents)[0]


def describe_foreign_onnx(
    data: bytes, path: Path, config: ClassifierConfig, contents: OnnxContents, name: str
) -> ModelMetadata:
    """
    Return a record for an ONNX file that has none.

    :param name: of the model.
    :raises ModelError: as ``load_foreign_onnx``.
    """
    model, runtime = _load(data, path, config, contents)
    return ModelMetadata(
        name=name,
        labels=model.labels,
        transform=model.transform,
        quantization=runtime.quantization,
        engine=ENGINE,
        weights_backend=model.weights_backend,
        exact_products=False,
        answers=tuple(known_answers(runtime, model.transform)),
        versions=versions('onnxruntime'),
        output_kind=model.output_kind,
        foreign=True,
        output=(runtime.output_name,),
    )


def _load(
    data: bytes, path: Path, config: ClassifierConfig, contents: OnnxContents
) -> tuple[LoadedModel, OnnxRuntime]:
    notes = _Notes(contents.properties)
    labels = given_labels(config.labels) if config.labels else notes.labels()
    size = config.input_size or notes.size
    _try_in_own_process(data, path, size)
    choose = partial(_choose_output, classes=len(labels))
    runtime = OnnxRuntime(data, size=size, num_threads=config.num_threads, choose=choose)
    check_labels(labels, len(runtime.run()))
    transform = notes.transform(config, len(runtime.buffer))
    if runtime.buffer.dtype == _PIXELS.dtype:
        runtime.quantization = _PIXELS
        transform = replace(transform, mean=_NO_MEAN, std=_NO_STD)
    kind = _examine(runtime, transform, config.output_kind, contents)
    runtime.info = replace(
        runtime.info,
        known_answer=_UNCHECKED,
        output=f'{kind.kind}: {kind.reason}',
        weights=f'{contents.int8_share:.0%} int8',
    )
    model = LoadedModel(path.stem, runtime, transform, labels, output_kind=kind.kind)
    return model, runtime


def _try_in_own_process(data: bytes, path: Path, size: int) -> None:
    words = (str(path), file_sha256(data), str(size))
    probe = run_probe('-m', 'rpi_classifier.probes.onnx_probe', *words, limit_s=_LIMIT_S)
    if 'refusal' in probe.values:
        raise ModelError(probe.values['refusal'])
    if 'runs' not in probe.values:
        raise ModelError(f'the process in which it runs {probe.failure}; export it again')


def _choose_output(outputs: Mapping[str, NDArray[Any]], classes: int) -> str:
    """Return the name of the output that has the scores."""
    name, *others = outputs
    if not others:
        choose_output(outputs[name], classes)
        return name
    path = choose_output(outputs, classes).path
    if len(path) > 1:
        raise ModelError('the network returns its scores in a sequence; export it without ZipMap')
    return str(path[0])


def _examine(
    runtime: OnnxRuntime, transform: Transform, wanted: str, contents: OnnxContents
) -> OutputKind:
    """Look at what a network answers; return what its scores are."""
    images = known_images(transform.size)
    answers, again, more = (
        [check_scores(answer) for answer in answers_for(runtime, transform, some)]
        for some in (images, images, plain_images(transform.size))
    )
    check_repeatable(answers, again)
    return resolve_output_kind(
        wanted, [*answers, *more], contents.last_operation(runtime.output_name)
    )
