# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""ONNX files that others made: parameters describe them, or what their exporters noted in them."""

from __future__ import annotations

import ast
from dataclasses import replace
import re

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.models.labels import labels_of_parameter
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.output_kind import resolve_output_kind
from rpi_classifier.runtime.known_answer import check_known_answers, known_answers
from rpi_classifier.runtime.onnx import OnnxRuntime

_UNCHECKED = 'none recorded; its answer depends on the image'
_NO_MEAN, _NO_STD = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
_PIXELS = Quantization(1 / 255, 0)  # bytes that are pixels: the network normalizes


def load_foreign_onnx(
    network: bytes, name: str, config: ClassifierConfig, properties: dict[str, str]
) -> LoadedModel:
    """
    Load a network without a record.

    :param properties: the file's metadata_props; ultralytics notes names and imgsz in them.
    :raises ModelError: if its labels or its input are not described, or it does not work here.
    """
    labels = _labels(config, properties)
    size = config.input_size or _noted_size(properties)
    runtime = OnnxRuntime(network, size=size, num_threads=config.num_threads)
    transform = _transform(config, properties, runtime.signature.size)
    if runtime.signature.stored_as_bytes:
        runtime.quantization = _PIXELS
        transform = replace(transform, mean=_NO_MEAN, std=_NO_STD)
    answers = known_answers(runtime, transform)
    check_known_answers(answers, answers)
    kind = resolve_output_kind(config.output_kind, answers)
    runtime.info = replace(
        runtime.info, known_answer=_UNCHECKED, output=f'{kind.kind}: {kind.reason}'
    )
    return LoadedModel(name, runtime, transform, labels, output_kind=kind.kind)


def _labels(config: ClassifierConfig, properties: dict[str, str]) -> tuple[str, ...]:
    if config.labels:
        return labels_of_parameter(config.labels)
    if 'names' not in properties:
        raise ModelError(
            'it has no record of export_model; set labels to a file of class names, and '
            'input_resize, input_mean and input_std where the defaults are not right'
        )
    try:  # ultralytics writes the dictionary as Python does
        names = ast.literal_eval(properties['names'])
        return tuple(str(names[index]) for index in range(len(names)))
    except (ValueError, SyntaxError, TypeError, LookupError, RecursionError, MemoryError) as error:
        raise ModelError(
            'the class names in its metadata cannot be read; set labels to a file of class names'
        ) from error


def _noted_size(properties: dict[str, str]) -> int:
    """Return the size that ultralytics notes, as in [224, 224]; 0 if there is none."""
    sides = re.findall(r'\d{1,4}', properties.get('imgsz', ''))
    return int(sides[0]) if sides else 0


def _transform(config: ClassifierConfig, properties: dict[str, str], size: int) -> Transform:
    given = config.input_transform()
    transform = replace(given, size=size, resize=config.input_resize or size)
    if transform.resize < size:
        raise ModelError(
            f'input_resize: {transform.resize} is less than the side of its input, {size}'
        )
    is_default = (given.mean, given.std) == (Transform.mean, Transform.std)
    if is_default and properties.get('author') == 'Ultralytics':
        return replace(transform, mean=_NO_MEAN, std=_NO_STD)
    return transform
