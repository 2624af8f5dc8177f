# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The camera: is it there, may it be opened, is it free, does it reach the rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import os
from pathlib import Path

from rpi_classifier.camera import v4l2
from rpi_classifier.camera.devices import inspect, locate, users
from rpi_classifier.camera.negotiation import best_rate_hz, candidates, Mode
from rpi_classifier.config import CameraConfig
from rpi_classifier.doctor.check_result import (
    ERROR,
    error,
    Finding,
    of_error,
    ok,
    Options,
    skipped,
    WARN,
    warn,
)
from rpi_classifier.doctor.run_checks import answer, options_of_process
from rpi_classifier.errors import CameraAbsent, CameraError

_OURS = ('camera_node', 'camera_classifier')


def check(options: Options) -> Iterator[Finding]:
    """Check the device that the options name."""
    source = Path(options.device)
    if source.is_dir() or source.is_file():
        yield ok('camera.device', f'{source} is a source of photos or a video, no camera is used')
        return
    try:
        path = locate(options.device)
        known = inspect(path)
    except CameraAbsent as absent:
        yield of_error('camera.device', WARN, absent)
        return
    except CameraError as failure:
        yield of_error('camera.device', ERROR, failure)
        return
    yield ok('camera.device', f'{path} is {known.card}, driver {known.driver}')
    try:
        yield in_use(path)
        yield modes(path, v4l2.formats(path), CameraConfig(device=path))
    except OSError as failure:
        what = f'{path} does not answer: {failure.strerror}'
        yield error('camera.formats', what, 'plug it out and in, or see dmesg')


def in_use(path: str) -> Finding:
    """Say whether another program than this package streams from a device."""
    if not v4l2.is_busy(path):
        return ok('camera.free', f'{path} is free')
    others = [user for user in users(path) if f'(pid {os.getpid()})' not in user]
    if others and all(_is_ours(user) for user in others):
        return ok('camera.free', f'{path} is in use by {", ".join(others)}, of this package')
    by = ', '.join(others) or 'another program'
    fix = 'end that, or set device: to another camera'
    return warn('camera.free', f'{path} is in use by {by}', fix)


def modes(path: str, offered: Sequence[v4l2.Format], config: CameraConfig) -> Finding:
    """Say what the node would ask for, and whether that reaches the rate that is asked for."""
    name = 'camera.formats'
    wanted = Mode(config.pixel_format, config.width, config.height, config.fps)
    order = candidates(wanted, offered)
    if not order:
        given = ', '.join(format_.fourcc.strip() for format_ in offered)
        what = f'{path} gives only {given}, which OpenCV turns into no image'
        return error(name, what, 'use another camera, or a driver node and camera:=false')
    by_name = {format_.fourcc: format_ for format_ in offered}
    if not offered:
        return skipped(name, f'{path} does not list its formats')
    rate_hz = best_rate_hz(by_name[order[0]], wanted)
    what = f'{order[0].strip()} reaches {rate_hz:g} fps near {config.width}x{config.height}'
    if not rate_hz:
        return ok(name, f'{order[0].strip()}; the driver does not tell its rates')
    if rate_hz < config.fps * (1 - config.rate_warn):
        fix = 'set fps: to what it can, another size, or use another camera; see camera_info'
        return warn(name, f'{what}; asked for are {config.fps:g}', fix)
    return ok(name, what)


def _is_ours(user: str) -> bool:
    process = user.rpartition('(pid ')[2].rstrip(')')
    try:
        words = Path('/proc', process, 'cmdline').read_text(errors='replace')
    except OSError:
        return False
    return any(name in words for name in _OURS)


if __name__ == '__main__':
    answer(check(options_of_process()))
