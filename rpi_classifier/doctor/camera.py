# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Checks of the camera: present, permitted, free, and fast enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import os
from pathlib import Path

from rpi_classifier.bringup.plan import EXECUTABLES
from rpi_classifier.camera import v4l2
from rpi_classifier.camera.devices import identify_camera, locate_camera, programs_using
from rpi_classifier.camera.negotiation import best_rate_hz, candidates, Mode
from rpi_classifier.config import CameraConfig
from rpi_classifier.doctor.check_result import (
    CheckResult,
    ERROR,
    error,
    ok,
    Options,
    result_of_error,
    skipped,
    WARN,
    warn,
)
from rpi_classifier.errors import CameraAbsent, CameraError, ConfigError

# A node's command line has its executable or, if this package started it, its module.
_OURS = (*EXECUTABLES, *EXECUTABLES.values())


def check_camera(options: Options) -> Iterator[CheckResult]:
    """Check the device that the options name; a folder or a file needs no camera."""
    try:
        device = CameraConfig(device=options.device).device
        if os.path.isdir(device) or os.path.isfile(device):
            what = f'{device} is a source of photos or a video, no camera is used'
            yield ok('camera.device', what)
            return
        path = locate_camera(device)
        known = identify_camera(path)
    except CameraAbsent as absent:
        yield result_of_error('camera.device', WARN, absent)
        return
    except (CameraError, ConfigError) as failure:
        yield result_of_error('camera.device', ERROR, failure)
        return
    yield ok('camera.device', f'{path} is {known.card}, driver {known.driver}')
    try:
        yield check_free(path)
        yield check_formats(path, v4l2.list_formats(path), CameraConfig(device=path))
    except OSError as failure:
        what = f'{path} does not answer: {failure.strerror}'
        yield error('camera.formats', what, 'unplug it and plug it in again, or see dmesg')


def check_free(path: str) -> CheckResult:
    """Check whether a program that is not of this package streams from the device."""
    if not v4l2.is_busy(path):
        return ok('camera.free', f'{path} is free')
    others = [user for user in programs_using(path) if f'(pid {os.getpid()})' not in user]
    if others and all(_is_ours(user) for user in others):
        return ok('camera.free', f'{path} is in use by {", ".join(others)}, of this package')
    by = ', '.join(others) or 'another program'
    fix = 'end that program, or set device: to another camera'
    return warn('camera.free', f'{path} is in use by {by}', fix)


def check_formats(path: str, offered: Sequence[v4l2.Format], config: CameraConfig) -> CheckResult:
    """Check whether the format that the node would choose reaches the requested rate."""
    name = 'camera.formats'
    requested = Mode(config.pixel_format, config.width, config.height, config.requested_hz)
    order = candidates(requested, offered)
    if not order:
        names = ', '.join(format_.fourcc.strip() for format_ in offered)
        what = f'{path} offers only {names}, which OpenCV cannot convert'
        return error(name, what, 'use another camera, or a driver node and camera:=false')
    if not offered:
        return skipped(name, f'{path} does not list its formats')
    by_name = {format_.fourcc: format_ for format_ in offered}
    rate_hz = best_rate_hz(by_name[order[0]], requested)
    what = f'{order[0].strip()} reaches {rate_hz:g} fps near {config.width}x{config.height}'
    if not rate_hz:
        return ok(name, f'{order[0].strip()}; the driver does not list its rates')
    if rate_hz < config.requested_hz * (1 - config.rate_warn):
        fix = 'set fps: to a rate that it reaches, or another size; camera_info lists them'
        return warn(name, f'{what}, but fps is {config.requested_hz:g}', fix)
    return ok(name, what)


def _is_ours(user: str) -> bool:
    process = user.rpartition('(pid ')[2].rstrip(')')
    try:
        words = Path('/proc', process, 'cmdline').read_text(errors='replace')
    except OSError:
        return False
    return any(name in words for name in _OURS)
