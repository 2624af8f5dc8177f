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
import os
from pathlib import Path
import re
from typing import Any

import yaml

from rpi_classifier.camera.calibration_yaml import Calibration, parse_calibration
from rpi_classifier.errors import CalibrationError

DEFAULT_URL = 'file://${ROS_HOME}/camera_info/${NAME}.yaml'


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


def save_calibration(calibration: Calibration, path: Path) -> None:
    """
    Write a calibration file atomically, and create its parent folders.

    :raises CalibrationError: if the file cannot be written, or could not be read again.
    """
    text = dump_calibration(calibration)
    parse_calibration(text, f'calibration {path} cannot be written')
    beside = path.with_name(f'.{path.name}.new')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text)
        os.replace(beside, path)
    except OSError as error:
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


def _matrix(values: tuple[float, ...], rows: int) -> dict[str, Any]:
    return {'rows': rows, 'cols': len(values) // rows, 'data': list(values)}
