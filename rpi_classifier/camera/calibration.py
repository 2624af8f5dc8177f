# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Camera calibrations: the YAML files of ROS's camera_calibration, found by URL.

Files, URLs and the default location are compatible with camera_info_manager_py. That package is
not used because it exists only in ROS installations, cannot remove its service as a managed node
must, and does not say why it failed to write a file.
"""

from __future__ import annotations

from dataclasses import dataclass
import math
import os
from pathlib import Path
from typing import Any

import yaml

from rpi_classifier.errors import CalibrationError, ConfigError
from rpi_classifier.output_file import write_whole_file
from rpi_classifier.paths import describe_path, expand_path
from rpi_classifier.regular_file import read_regular_file

_MOST_BYTES = 1 << 20
DEFAULT_URL = 'file://${ROS_HOME}/camera_info/${NAME}.yaml'
_MATRICES = {
    'k': ('camera_matrix', 9),
    'r': ('rectification_matrix', 9),
    'p': ('projection_matrix', 12),
}


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
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CalibrationError(f'{source} is not YAML: {" ".join(str(error).split())}') from error
    if not isinstance(content, dict):
        raise CalibrationError(
            f'{source} is not a camera calibration; expected camera_matrix: etc.'
        )
    return Calibration(
        name=str(content.get('camera_name', '')),
        width=_pixels(content, 'image_width', source),
        height=_pixels(content, 'image_height', source),
        distortion_model=str(content.get('distortion_model', 'plumb_bob')),
        d=_numbers(content, 'distortion_coefficients', None, source),
        **{field: _numbers(content, key, n, source) for field, (key, n) in _MATRICES.items()},
    )


def dump_calibration(calibration: Calibration) -> str:
    """Return a calibration as the YAML that camera_calibration writes."""
    content: dict[str, Any] = {
        'image_width': calibration.width,
        'image_height': calibration.height,
        'camera_name': calibration.name,
        'camera_matrix': _matrix(calibration.k, 3),
        'distortion_model': calibration.distortion_model,
        'distortion_coefficients': _matrix(calibration.d, 1),
        'rectification_matrix': _matrix(calibration.r, 3),
        'projection_matrix': _matrix(calibration.p, 3),
    }
    return str(yaml.safe_dump(content, sort_keys=False, default_flow_style=None))


def load_calibration(path: Path) -> Calibration:
    """
    Read a calibration file.

    :raises CalibrationError: if the file is missing or is not a calibration.
    """
    try:
        text = read_regular_file(path, _MOST_BYTES, CalibrationError).decode()
    except CalibrationError as error:
        raise CalibrationError(f'calibration {error}') from error
    except UnicodeDecodeError as error:
        raise CalibrationError(
            f'calibration {describe_path(path)} cannot be read: it is not text'
        ) from error
    return parse_calibration(text, str(path))


def save_calibration(calibration: Calibration, path: Path) -> None:
    """
    Write a calibration file atomically, and create its parent folders.

    :raises CalibrationError: if the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole_file(dump_calibration(calibration).encode(), path)
    except OSError as error:
        raise CalibrationError(
            f'calibration {describe_path(path)} cannot be written: {error.strerror}; set '
            'camera_info_url: to a writable file'
        ) from error


def find_calibration(url: str, name: str) -> Path:
    """
    Return the path of the file that a URL names.

    :param url: file:///PATH, package://PACKAGE/PATH or a path, with ${NAME} and ${ROS_HOME};
        empty: ``DEFAULT_URL``.
    :param name: the value of ${NAME}.
    :raises CalibrationError: if the URL is of another kind or the package is not installed.
    """
    home = os.environ.get('ROS_HOME') or str(Path.home() / '.ros')
    full = (url or DEFAULT_URL).replace('${NAME}', name).replace('${ROS_HOME}', home)
    try:
        path = expand_path(full, 'camera_info_url')
    except ConfigError as error:
        raise CalibrationError(str(error)) from error
    if '://' in path:
        raise CalibrationError(
            f'camera_info_url: {url!r} is neither file:///PATH nor package://PACKAGE/PATH nor a '
            'path'
        )
    return Path(path)


def _pixels(content: dict[str, Any], key: str, source: str) -> int:
    value = content.get(key)
    if type(value) is not int or value <= 0:
        raise CalibrationError(f'{source}: {key} is {value!r}; expected a number of pixels')
    return value


def _numbers(
    content: dict[str, Any], key: str, count: int | None, source: str
) -> tuple[float, ...]:
    entry = content.get(key)
    data = entry.get('data') if isinstance(entry, dict) else None
    good = isinstance(data, list) and all(
        isinstance(value, (int, float)) and math.isfinite(value) for value in data
    )
    if not good or (count is not None and len(data or ()) != count):
        expected = f'{count} numbers' if count else 'numbers'
        raise CalibrationError(f'{source}: {key}: data: is {data!r}; expected {expected}')
    return tuple(map(float, data or ()))


def _matrix(values: tuple[float, ...], rows: int) -> dict[str, Any]:
    return {'rows': rows, 'cols': len(values) // rows, 'data': list(values)}
