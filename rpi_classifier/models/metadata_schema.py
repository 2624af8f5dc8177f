# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
What a record may say: the type and the range of every field, checked before any is believed.

A record of the right digest may still have been edited: everybody can compute the digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.models.json_checks import (
    BadValue,
    Check,
    integer_between,
    list_of,
    number_between,
    object_of,
    shown,
    text_like,
    true_or_false,
)
from rpi_classifier.models.label_entries import explain_bad_name
from rpi_classifier.models.labels import check_label_list
from rpi_classifier.models.output_kind import LOGITS, OUTPUT_KINDS
from rpi_classifier.region import parse_region
from rpi_classifier.runtime.known_answer import known_images

LONGEST_CAUTION = 500  # characters
LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.05, 20.0
_LARGEST_SIDE = 4096
_MOST_CLASSES = 1 << 20
_LARGEST_LOGIT = 1e6
_ANSWERS = len(known_images(1))


def validated(content: Any, source: str) -> dict[str, Any]:
    """
    Check the fields of a record.

    :param content: what JSON had, under the present names, without format and digest.
    :param source: the file, as ``model /path/FILE.pt``, for errors.
    :returns: the arguments of ``ModelMetadata``.
    :raises ModelError: naming the first field that is missing, unknown or out of range.
    """
    try:
        record: dict[str, Any] = object_of(_RECORD, _DEFAULTS)(content)
        _check_answers(record)
    except BadValue as error:
        raise ModelError(
            f'{source}: its record is not usable, {error}; export it with export_model again'
        ) from error
    return record


def _check_answers(record: Mapping[str, Any]) -> None:
    answers, classes = record['answers'], len(record['labels'])
    if any(len(answer) != classes for answer in answers):
        raise BadValue(f'each has {classes} numbers, one per label', ('answers',))


def _name(value: Any) -> Any:
    fault = explain_bad_name(value)
    if fault:
        raise BadValue(fault)
    return value


def _labels(value: Any) -> tuple[str, ...]:
    try:
        return check_label_list(value if isinstance(value, list) else ())
    except ModelError as error:
        raise BadValue(str(error)) from error


def _transform(value: Any) -> Transform:
    sides = {
        'size': integer_between(1, _LARGEST_SIDE),
        'resize': integer_between(1, _LARGEST_SIDE),
    }
    mean, std = list_of(number_between(0, 1), 3, 3), list_of(number_between(1e-3, 10), 3, 3)
    transform = Transform(**object_of({**sides, 'mean': mean, 'std': std})(value))
    if transform.resize < transform.size:
        raise BadValue(f'{transform.resize} is less than size, {transform.size}', ('resize',))
    return transform


def _quantization(value: Any) -> Quantization | None:
    if value is None:
        return None
    signed = isinstance(value, dict) and value.get('signed') is True
    limits = np.iinfo(np.int8 if signed else np.uint8)
    zero_point = integer_between(int(limits.min), int(limits.max))
    checks = {
        'scale': number_between(1e-6, 1e3),
        'zero_point': zero_point,
        'signed': true_or_false,
    }
    return Quantization(**object_of(checks, {'signed': False})(value))


def _answer(value: Any) -> NDArray[np.float32]:
    numbers = list_of(number_between(-_LARGEST_LOGIT, _LARGEST_LOGIT), 1, _MOST_CLASSES)(value)
    return np.array(numbers, np.float32)


def _versions(value: Any) -> dict[str, str]:
    words = [word for pair in value.items() for word in pair] if isinstance(value, dict) else [0]
    if not all(isinstance(word, str) and len(word) < 100 and word.isprintable() for word in words):
        raise BadValue(f'{shown(value)} does not map packages to versions')
    return value  # type: ignore[no-any-return]


def _region(value: Any) -> str:
    text: str = text_like('[0-9.eE+ -]{0,100}', 'four numbers, or empty')(value)
    try:
        parse_region(text)
    except ConfigError as error:
        raise BadValue(str(error)) from error
    return text


def _step(value: Any) -> str | int:
    """Check a key or a position of what a network returns."""
    check = _KEY if isinstance(value, str) else integer_between(0, 1000)
    return check(value)  # type: ignore[no-any-return]


_KEY = text_like('(?s).{1,1000}', 'a key of at most 1000 characters')
_ENGINE = text_like('[a-z][a-z0-9_]{0,39}', "an engine's name")
_DEFAULTS = {
    'output_kind': LOGITS,
    'versions': {},
    'caution': '',
    'foreign': False,
    'output': (),
    'jit': True,
    'temperature': 1.0,
    'usual_spread': 0.0,
    'region': '',
}
_RECORD: dict[str, Check] = {
    'name': _name,
    'labels': _labels,
    'transform': _transform,
    'quantization': _quantization,
    'engine': _ENGINE,
    'weights_backend': _ENGINE,
    'exact_products': true_or_false,
    'output_kind': text_like('|'.join(OUTPUT_KINDS[1:]), f'one of {", ".join(OUTPUT_KINDS[1:])}'),
    'answers': list_of(_answer, _ANSWERS, _ANSWERS),
    'versions': _versions,
    'foreign': true_or_false,
    'output': list_of(_step, 0, 3),
    'jit': true_or_false,
    'caution': text_like(
        f'[ -~]{{0,{LONGEST_CAUTION}}}', f'a sentence of at most {LONGEST_CAUTION} characters'
    ),
    'temperature': number_between(LEAST_TEMPERATURE, MOST_TEMPERATURE),
    'usual_spread': number_between(0, _LARGEST_LOGIT),
    'region': _region,
    'network_sha256': text_like('[0-9a-f]{64}', 'a sha256'),
}
