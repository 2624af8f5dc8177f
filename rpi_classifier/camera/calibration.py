# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Camera calibrations: the YAML files of ROS's camera_calibration, found by URL.

Files, URLs and the default location are compatible with camera_info_manager_py. That package is
not used because it exists only in ROS installations, cannot remove its service as a managed node
must, and does not say why it failed to write a file.
"""

from __future__ import annotations

from collections.abc import Callable
import contextlib
from dataclasses import dataclass
import math
import os
from pathlib import Path
import re
from typing import Any

import yaml

from rpi_classifier.errors import CalibrationError
from rpi_classifier.regular_file import read_regular_file

DEFAULT_URL = 'file://${ROS_HOME}/camera_info/${NAME}.yaml'
_MATRICES = {
    'k': ('camera_matrix', 9),
    'r': ('rectification_matrix', 9),
    'p': ('projection_matrix', 12),
}

_MOST_COEFFICIENTS = 14  # of OpenCV's largest model, with a tilted sensor
_MOST_LETTERS = 64  # in the name of a distortion model
_MOST_PIXELS = 1 << 16  # a side
_MOST_BYTES = 1 << 20


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
        return parse_calibration(path.read_text(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, 'strerror', None) or 'it is not text'
        raise CalibrationError(f'calibration {path} cannot be read: {reason}') from error


def check_calibration(calibration: Calibration) -> None:
    """
    Refuse a calibration that means nothing, or that ``load_calibration`` would not read back.

    :raises CalibrationError: naming the entry that is wrong.
    """
    source, focal = 'the calibration', (calibration.k[0], calibration.k[4])
    if len(calibration.d) > _MOST_COEFFICIENTS:
        raise CalibrationError(
            f'{source}: distortion_coefficients: data: has {len(calibration.d)} numbers; expected '
            f'at most {_MOST_COEFFICIENTS}'
        )
    if (letters := len(calibration.distortion_model)) > _MOST_LETTERS:
        raise CalibrationError(
            f'{source}: distortion_model has {letters} letters; expected at most {_MOST_LETTERS}'
        )
    if not calibration.distortion_model.isprintable():
        raise CalibrationError(
            f'{source}: distortion_model is {calibration.distortion_model!r}; expected a name'
        )
    if max(calibration.width, calibration.height) > _MOST_PIXELS:
        raise CalibrationError(
            f'{source}: it is for {calibration.width}x{calibration.height} pixels; expected at '
            f'most {_MOST_PIXELS} a side'
        )
    parse_calibration(dump_calibration(calibration), source)
    if min(focal) <= 0:
        raise CalibrationError(
            f'{source}: camera_matrix: data: has the focal lengths {focal[0]:g} and {focal[1]:g}; '
            'expected more than 0'
        )


def save_calibration(calibration: Calibration, path: Path) -> None:
    """
    Write a calibration file atomically, and create its parent folders.

    The path comes from a parameter, and anybody may call the service that writes there. So only
    a calibration is replaced, nothing else that the user of this process may write to.

    :raises CalibrationError: if the file cannot be written.
    """
    if os.path.lexists(path):
        _require_calibration(path)
    beside = path.with_name(f'.{path.name}.new')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        with beside.open('x') as file:  # follows no link
            file.write(dump_calibration(calibration))
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise CalibrationError(
            f'calibration {path} cannot be written: {error.strerror}; set camera_info_url: to a '
            'writable file'
        ) from error


def find_calibration(url: str, name: str, share: Callable[[str], str]) -> Path:
    """
    Return the path of the file that a URL names.

    :param url: file:///PATH or package://PACKAGE/PATH, with ${NAME} and ${ROS_HOME}; empty:
        ``DEFAULT_URL``.
    :param name: the value of ${NAME}.
    :param share: returns the share directory of a package, or raises LookupError.
    :raises CalibrationError: if the URL is of another kind or the package is not installed.
    """
    home = os.environ.get('ROS_HOME') or os.path.expanduser('~/.ros')
    full = (url or DEFAULT_URL).replace('${NAME}', name).replace('${ROS_HOME}', home)
    if full.startswith('file://~'):
        raise CalibrationError(
            'camera_info_url: this user has no home folder; set ROS_HOME, or give file:///PATH'
        )
    if found := re.fullmatch(r'file://(/.+)', full):
        return Path(found[1])
    if found := re.fullmatch(r'package://([^/]+)/(.+)', full):
        if '..' in Path(found[2]).parts:
            raise CalibrationError(
                f'camera_info_url: {url!r} leaves the package; leave .. out, or give file:///PATH'
            )
        try:
            return Path(share(found[1]), found[2])
        except LookupError as error:
            raise CalibrationError(
                f'camera_info_url: {url!r} names the package {found[1]}, which is not installed'
            ) from error
    raise CalibrationError(
        f'camera_info_url: {url!r} is neither file:///PATH nor package://PACKAGE/PATH'
    )


def _require_calibration(path: Path) -> None:
    content = read_regular_file(path, _MOST_BYTES, CalibrationError)
    if content.strip() and b'camera_matrix' not in content:
        raise CalibrationError(
            f'{path} is no calibration and is not replaced; set camera_info_url: to another file'
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
        expected = f'{count} numbers' if count else 'numbers'
        raise CalibrationError(f'{source}: {key}: data: is {data!r}; expected {expected}')
    return tuple(map(float, data or ()))


def _matrix(values: tuple[float, ...], rows: int) -> dict[str, Any]:
    return {'rows': rows, 'cols': len(values) // rows, 'data': list(values)}
