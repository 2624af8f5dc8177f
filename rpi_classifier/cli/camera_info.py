# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""camera_info: print the formats, sizes, rates and controls of cameras."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
import json
import sys
from typing import Any

from rpi_classifier.camera import v4l2
from rpi_classifier.camera.controls import Control, is_parameter, list_controls, parameter_name
from rpi_classifier.camera.devices import (
    find_devices,
    identify_camera,
    locate_camera,
    stable_path,
)
from rpi_classifier.cli.command import run_command
from rpi_classifier.config.pixel_formats import USABLE
from rpi_classifier.errors import CameraAbsent
from rpi_classifier.files.paths import expand_path


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog='camera_info', description='Print formats, sizes, rates and controls of cameras.'
    )
    parser.add_argument(
        'devices',
        metavar='DEVICE',
        nargs='*',
        type=lambda text: expand_path(text, 'device'),
        help='path, index or name; default: all cameras',
    )
    parser.add_argument(
        '--all', action='store_true', help='include what the camera node cannot use'
    )
    parser.add_argument(
        '--json', action='store_true', help='print JSON, which includes everything'
    )
    return parser.parse_args(words)


def describe(path: str) -> dict[str, Any]:
    """
    Return everything that is known about a camera, in a form that JSON can hold.

    :raises CameraError: if the camera cannot be opened or went away.
    """
    known = identify_camera(path)
    try:
        formats, found = v4l2.list_formats(path), list_controls(path)
    except OSError as error:
        raise CameraAbsent(f'camera {path} went away: {error.strerror}') from error
    return {
        'device': path,
        'stable_path': stable_path(path),
        **asdict(known),
        'formats': [
            {**asdict(format_), 'usable': format_.fourcc in USABLE} for format_ in formats
        ],
        'controls': [{**asdict(control), 'parameter': _parameter(control)} for control in found],
    }


def camera_tables(camera: dict[str, Any], everything: bool) -> str:
    """
    Return the tables of formats and controls of one camera.

    :param camera: as ``describe`` returns it.
    :param everything: include what the camera node cannot use.
    """
    lines = [f'{camera["device"]}: {camera["card"]}, driver {camera["driver"]}']
    if camera['stable_path'] != camera['device']:
        lines.append(f'  device: {camera["stable_path"]}  stays the same after a replug')
    modes = [
        (format_['fourcc'].strip(), size, rates)
        for format_ in camera['formats']
        if everything or format_['usable']
        for size, rates in map(_size, format_['sizes'])
    ]
    lines += ['', *_table(('pixel_format', 'size', 'fps'), modes)]
    rows = [
        (control['parameter'] or f'({control["name"]})', *_values(control), _range(control))
        for control in camera['controls']
        if everything or control['parameter']
    ]
    lines += ['', *_table(('parameter', 'default', 'value', 'range'), rows)]
    return '\n'.join(lines)


def camera_info(words: Sequence[str] | None) -> None:
    """
    Print what the command line asks for.

    :raises CameraError: before anything is printed, if a camera is missing.
    """
    options = arguments(words)
    paths = [locate_camera(device) for device in options.devices] or list(find_devices())
    if not paths:
        raise CameraAbsent(
            'there is no camera that this user may open; plug one in, or run: sudo usermod -aG '
            'video $USER, and log in again'
        )
    cameras = [describe(path) for path in paths]
    if options.json:
        print(json.dumps(cameras, indent=2))
    else:
        print('\n\n'.join(camera_tables(camera, options.all) for camera in cameras))


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 1 if there is no camera."""
    return run_command('camera_info', camera_info, words)


def _parameter(control: Control) -> str:
    return parameter_name(control) if is_parameter(control) else ''


def _size(size: dict[str, Any]) -> tuple[str, str]:
    text = f'{size["width"]}x{size["height"]}'
    if size['smallest']:
        text = '{}x{} to '.format(*size['smallest']) + text
    return text, ' '.join(f'{rate:.4g}' for rate in size['rates_hz'])


def _range(control: dict[str, Any]) -> str:
    if control['menu']:
        return ', '.join(f'{index}: {entry}' for index, entry in control['menu'].items())
    if control['kind'] == 'button':
        return 'a button'
    if control['kind'] == 'bool':
        return 'false, true'
    step = f' by {control["step"]}' if control['step'] > 1 else ''
    return f'{control["minimum"]} to {control["maximum"]}{step}'


def _values(control: dict[str, Any]) -> tuple[str, str]:
    default, value = (_value(control, control[key]) for key in ('default', 'value'))
    return default, value + ('' if control['active'] else ' (inactive)')


def _value(control: dict[str, Any], value: int | None) -> str:
    if value is None or control['kind'] == 'button':
        return ''
    return str(bool(value)).lower() if control['kind'] == 'bool' else str(value)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths))
        yield ('  ' + '  '.join(cells)).rstrip()


if __name__ == '__main__':
    sys.exit(main())
