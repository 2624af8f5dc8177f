# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Camera calibrations: the YAML files of ROS's camera_calibration, found by URL.

Files, URLs and the default location are compatible with camera_info_manager_py. That package is
not used because it exists only in ROS installations, cannot remove its service as a managed node
must, and does not say why it failed to write a file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from rpi_classifier.camera.calibration_yaml import Calibration, parse_calibration
from rpi_classifier.errors import CalibrationError, ConfigError
from rpi_classifier.files.output_file import write_whole_file
from rpi_classifier.files.paths import describe_path, expand_path
from rpi_classifier.files.regular_file import read_regular_file

DEFAULT_URL = 'file://${ROS_HOME}/camera_info/${NAME}.yaml'

_MOST_COEFFICIENTS = 14  # of OpenCV's largest model, with a tilted sensor
_MOST_LETTERS = 64  # in the name of a distortion model
_MOST_PIXELS = 1 << 16  # a side
_MOST_BYTES = 1 << 20


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

    :raises CalibrationError: if the file cannot be written, or could not be read again.
    """
    text = dump_calibration(calibration)
    parse_calibration(text, f'calibration {path} cannot be written')
    if os.path.lexists(path):
        _require_calibration(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole_file(text.encode(), path)
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
    home = os.environ.get('ROS_HOME') or os.path.expanduser('~/.ros')
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


def _require_calibration(path: Path) -> None:
    content = read_regular_file(path, _MOST_BYTES, CalibrationError)
    if content.strip() and b'camera_matrix' not in content:
        raise CalibrationError(
            f'{path} is no calibration and is not replaced; set camera_info_url: to another file'
        )


def _matrix(values: tuple[float, ...], rows: int) -> dict[str, Any]:
    return {'rows': rows, 'cols': len(values) // rows, 'data': list(values)}
