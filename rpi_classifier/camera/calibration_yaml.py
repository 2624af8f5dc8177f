# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
From the text of a calibration to its numbers.

It reads the YAML files of ROS's camera_calibration, and those of OpenCV's FileStorage that have
the same entries.
"""

from __future__ import annotations

from dataclasses import dataclass
import math
import re
import reprlib
from typing import Any

import yaml

from rpi_classifier.errors import CalibrationError
from rpi_classifier.yaml_core import CoreLoader

_MATRICES = {
    'k': ('camera_matrix', 9),
    'r': ('rectification_matrix', 9),
    'p': ('projection_matrix', 12),
}
# OpenCV writes neither; both are trivial where images are not rectified for a second camera.
_FOR_ONE_CAMERA = {
    'rectification_matrix': 'write data: [1, 0, 0, 0, 1, 0, 0, 0, 1]',
    'projection_matrix': 'write camera_matrix with a fourth column of zeros',
}
_MODEL = 'distortion_model'
# Other formats of calibrations: what they look like, what they are and what to do about it.
_OTHERS = (
    (
        r'^\[image\]\s*$',
        'is an .ini file of camera_calibration_parsers; run: ros2 run camera_calibration_parsers '
        'convert FILE.ini FILE.yaml, and use FILE.yaml',
    ),
    (r'\A\s*<', "is XML, as OpenCV's FileStorage writes it; let it write FILE.yaml"),
)


@dataclass(frozen=True)
class Calibration:
    """
    The fields of sensor_msgs/CameraInfo, with the same names.

    ``d`` has as many coefficients as the distortion model needs; ``k`` and ``r`` are [3, 3] and
    ``p`` is [3, 4], in row-major order.
    """

    name: str
    width: int
    height: int
    distortion_model: str
    d: tuple[float, ...]
    k: tuple[float, ...]
    r: tuple[float, ...]
    p: tuple[float, ...]


def parse_calibration(text: str, source: str) -> Calibration:
    """
    Parse a calibration.

    :param source: the origin of ``text`` for error messages.
    :raises CalibrationError: naming the entry that is missing or wrong.
    """
    content = _load_yaml(text, source)
    width, height = (_pixels(content, f'image_{side}', source) for side in ('width', 'height'))
    d = _numbers(content, 'distortion_coefficients', None, source)
    return Calibration(
        name=str(content.get('camera_name') or ''),
        width=width,
        height=height,
        distortion_model=_distortion_model(content, d, source),
        d=d,
        **{field: _numbers(content, key, n, source) for field, (key, n) in _MATRICES.items()},
    )


class _Loader(CoreLoader):
    """Reads the matrices of OpenCV's FileStorage as the maps that they are."""


_Loader.add_constructor(
    'tag:yaml.org,2002:opencv-matrix',
    lambda loader, node: loader.construct_mapping(node, deep=True),
)


def _load_yaml(text: str, source: str) -> dict[str, Any]:
    for pattern, explanation in _OTHERS:
        if re.search(pattern, text, re.MULTILINE):
            raise CalibrationError(f'{source} {explanation}')
    try:  # OpenCV writes its first line with a colon, which no version of YAML allows
        content = yaml.load(re.sub(r'\A%YAML:.*', '', text), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CalibrationError(
            f'{source} is not YAML: line {line}: {error.problem}; calibrate the camera again'
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise CalibrationError(f'{source} is not YAML: {reason}') from error
    if not isinstance(content, dict):
        raise CalibrationError(
            f'{source} is not a camera calibration; expected camera_matrix: etc.'
        )
    return content


def _distortion_model(content: dict[str, Any], d: tuple[float, ...], source: str) -> str:
    # A file without the entry is older than the entry. OpenCV writes what it knows of its own.
    assumed = 'equidistant' if content.get('fisheye_model') else 'plumb_bob'
    model = content.get(_MODEL, assumed)
    if isinstance(model, str) and (model or not any(d)):
        return model
    raise CalibrationError(
        f'{source}: {_MODEL} is {reprlib.repr(model) if model else "empty"}; write plumb_bob, '
        'rational_polynomial or equidistant'
    )


def _pixels(content: dict[str, Any], key: str, source: str) -> int:
    value: Any = content.get(key)
    if type(value) not in (int, float) or value < 1 or value != value // 1:
        raise CalibrationError(
            f'{source}: {key} is {reprlib.repr(value)}; expected a number of pixels'
        )
    return int(value)


def _numbers(
    content: dict[str, Any], key: str, count: int | None, source: str
) -> tuple[float, ...]:
    entry = content.get(key)
    data = entry.get('data') if isinstance(entry, dict) else None
    expected = f'{count} numbers' if count else 'numbers'
    if not isinstance(data, list) or (count is not None and len(data) != count):
        remedy = f'; for one camera, {_FOR_ONE_CAMERA[key]}' if key in _FOR_ONE_CAMERA else ''
        raise CalibrationError(
            f'{source}: {key}: data: is {reprlib.repr(data)}; expected {expected}{remedy}'
        )
    for value in data:
        if type(value) not in (int, float) or not math.isfinite(value):
            raise CalibrationError(
                f'{source}: {key}: data: has {reprlib.repr(value)}; expected {expected}'
            )
    return tuple(map(float, data))
