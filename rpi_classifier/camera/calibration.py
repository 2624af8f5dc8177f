# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Camera calibrations: the YAML files of ROS's camera_calibration, found by URL.

The files, the URLs and the default place are those of camera_info_manager_py, so a calibration
serves both. That package is not used: it is not to be had outside of a ROS installation, cannot
take its service down again as a managed node must, and does not say why a file was not written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import math
import os
from pathlib import Path
import re
from typing import Any

import yaml

from rpi_classifier.errors import CalibrationError

DEFAULT_URL = 'file://${ROS_HOME}/camera_info/${NAME}.yaml'
_MATRICES = {
    'k': ('camera_matrix', 9),
    'r': ('rectification_matrix', 9),
    'p': ('projection_matrix', 12),
}


@dataclass(frozen=True)
class Calibration:
    """
    What sensor_msgs/CameraInfo holds, with the same names.

    ``d`` has as many coefficients as the distortion model takes; ``k`` and ``r`` are [3, 3] and
    ``p`` is [3, 4], row by row.
    """

    name: str
    width: int
    height: int
    distortion_model: str
    d: tuple[float, ...]
    k: tuple[float, ...]
    r: tuple[float, ...]
    p: tuple[float, ...]


def parse(text: str, source: str) -> Calibration:
    """
    Read a calibration.

    :param source: what errors name.
    :raises CalibrationError: naming the entry that is missing or wrong.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CalibrationError(f'{source} is no YAML: {" ".join(str(error).split())}') from error
    if not isinstance(content, dict):
        raise CalibrationError(f'{source} is no camera calibration; expected camera_matrix: etc.')
    return Calibration(
        name=str(content.get('camera_name', '')),
        width=_pixels(content, 'image_width', source),
        height=_pixels(content, 'image_height', source),
        distortion_model=str(content.get('distortion_model', 'plumb_bob')),
        d=_numbers(content, 'distortion_coefficients', None, source),
        **{field: _numbers(content, key, n, source) for field, (key, n) in _MATRICES.items()},
    )


def dump(calibration: Calibration) -> str:
    """Write a calibration as camera_calibration does."""
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


def load(path: Path) -> Calibration:
    """
    Read a file.

    :raises CalibrationError: if it is not there or is no calibration.
    """
    try:
        return parse(path.read_text(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, 'strerror', None) or 'it is no text'
        raise CalibrationError(f'calibration {path} cannot be read: {reason}') from error


def save(calibration: Calibration, path: Path) -> None:
    """
    Write a file, whole or not at all, and the folders that it takes.

    :raises CalibrationError: if it cannot be written.
    """
    beside = path.with_name(f'.{path.name}.new')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(dump(calibration))
        os.replace(beside, path)
    except OSError as error:
        raise CalibrationError(
            f'calibration {path} cannot be written: {error.strerror}; set camera_info_url: to a '
            'place that can'
        ) from error


def find(url: str, name: str, share: Callable[[str], str]) -> Path:
    """
    Return the file that a URL names.

    :param url: file:///PATH or package://PACKAGE/PATH, with ${NAME} and ${ROS_HOME}; empty: the
        default.
    :param name: what ${NAME} stands for.
    :param share: returns the share directory of a package, or raises LookupError.
    :raises CalibrationError: if the URL is of another kind or the package is unknown.
    """
    home = os.environ.get('ROS_HOME') or str(Path.home() / '.ros')
    full = (url or DEFAULT_URL).replace('${NAME}', name).replace('${ROS_HOME}', home)
    if found := re.fullmatch(r'file://(/.+)', full):
        return Path(found[1])
    if found := re.fullmatch(r'package://([^/]+)/(.+)', full):
        try:
            return Path(share(found[1]), found[2])
        except LookupError as error:
            raise CalibrationError(
                f'camera_info_url: {url!r} names the package {found[1]}, which is not installed'
            ) from error
    raise CalibrationError(
        f'camera_info_url: {url!r} is neither file:///PATH nor package://PACKAGE/PATH'
    )


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
        wanted = f'{count} numbers' if count else 'numbers'
        raise CalibrationError(f'{source}: {key}: data: is {data!r}; expected {wanted}')
    return tuple(map(float, data or ()))


def _matrix(values: tuple[float, ...], rows: int) -> dict[str, Any]:
    return {'rows': rows, 'cols': len(values) // rows, 'data': list(values)}
