# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Finding a camera by path, number or name, finding it again, and saying what is wrong with it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
import time

from rpi_classifier.camera import v4l2
from rpi_classifier.errors import (
    CameraAbsent,
    CameraBusy,
    CameraError,
    CameraForbidden,
    CameraStalled,
    NoCamera,
)

_VANISHING_S = 0.2


def find_devices() -> dict[str, v4l2.Capability]:
    """Return the cameras that are there and may be opened, by path, in the order of numbers."""
    found = {}
    paths = Path('/dev').glob('video[0-9]*')
    for path in sorted(paths, key=lambda path: (len(path.name), path.name)):
        this = _capability(str(path))
        if this and this.is_capture:
            found[str(path)] = this
    return found


def stable_path(path: str, links: str = '/dev/v4l/by-id') -> str:
    """Return udev's name for a device, which outlives a replug; ``path`` itself if it has none."""
    try:
        found = [str(link) for link in sorted(Path(links).iterdir()) if link.samefile(path)]
    except OSError:
        return path
    return found[0] if found else path


def find_again(known: v4l2.Capability) -> str | None:
    """
    Find a camera that was unplugged and may be back under another number.

    The same card on the same port is it; the same card elsewhere is it if there is only one.

    :returns: its path, or None.
    """
    same = {path: found for path, found in find_devices().items() if found.card == known.card}
    here = [path for path, found in same.items() if found.bus_info == known.bus_info]
    if here:
        return here[0]
    return next(iter(same)) if len(same) == 1 else None


def locate(device: str, known: v4l2.Capability | None = None) -> str:
    """
    Return the path of a device that is given as path, index or name of a card.

    :param known: what it was when it was open before; a device of another name under the same
        path is then not it, if the known one is elsewhere.
    :raises CameraAbsent: if it is not there.
    """
    path = f'/dev/video{device}' if device.isdecimal() else device
    if Path(path).exists():
        here = _capability(path)
        if known is None or here is None or here.card == known.card:
            return path
    found = find_devices()
    again = find_again(known) if known else None
    named = [other for other, this in found.items() if this.card == device]
    if again or named:
        return again or named[0]
    if Path(path).exists():
        return path
    there = ', '.join(f'{other} ({this.card})' for other, this in found.items())
    raise CameraAbsent(
        f'camera {path} does not exist; plug it in, or set device: to another one'
        + (f' of {there}' if there else ', none is there now')
    )


def inspect(path: str) -> v4l2.Capability:
    """
    Ask what a path is, so that what is no camera is told apart from what cannot be opened.

    :raises CameraError: if it is no camera or may not be opened; the subclass says which.
    """
    try:
        found = v4l2.capability(path)
    except OSError as error:
        raise _reason(path, error) from error
    if not found.is_capture:
        raise NoCamera(
            f'{path} ({found.card}) is no camera but another part of one or of a codec; '
            f'cameras here: {_list()}'
        )
    return found


def why_not(path: str) -> CameraError:
    """Find out why OpenCV could not open a device."""
    try:
        inspect(path)
        if v4l2.is_busy(path):
            return _busy(path)
    except CameraError as error:
        return error
    except OSError as error:
        return _reason(path, error)
    return NoCamera(
        f'camera {path} has no format that OpenCV can open; see v4l2-ctl --list-formats'
    )


def why_stopped(path: str) -> CameraError:
    """Find out why a device gives no more frames; takes a moment, as it may just be going."""
    end = time.monotonic() + _VANISHING_S
    while time.monotonic() < end:
        try:
            inspect(path)
        except CameraError as error:
            return error
        time.sleep(_VANISHING_S / 4)
    return CameraStalled(
        f'camera {path} is there but its driver gives no frames; if that stays, plug it out and '
        'in, or see dmesg'
    )


def users(path: str) -> list[str]:
    """Name the programs that have a device open, ``name (pid N)``, as far as we may see them."""
    real, found = os.path.realpath(path), set()
    for link in Path('/proc').glob('[0-9]*/fd/*'):
        try:
            if os.readlink(link) == real:
                process = link.parts[2]
                name = Path('/proc', process, 'comm').read_text().strip()
                found.add(f'{name} (pid {process})')
        except OSError:  # not ours, or gone meanwhile
            continue
    return sorted(found)


def _capability(path: str) -> v4l2.Capability | None:
    try:
        return v4l2.capability(path)
    except OSError:
        return None


def _reason(path: str, error: OSError) -> CameraError:
    if error.errno in (errno.EACCES, errno.EPERM):
        return CameraForbidden(
            f'camera {path} may not be opened by this user; sudo usermod -aG video $USER, and log '
            'in again'
        )
    if error.errno in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
        return CameraAbsent(f'camera {path} is gone; plug it in again')
    if error.errno == errno.EBUSY:
        return _busy(path)
    if error.errno in (errno.ENOTTY, errno.EINVAL, errno.EISDIR):
        return NoCamera(f'{path} is no V4L2 camera; cameras here: {_list()}')
    return CameraError(f'camera {path} cannot be opened: {error.strerror}')


def _busy(path: str) -> CameraBusy:
    own = f'(pid {os.getpid()})'
    others = [user for user in users(path) if own not in user]
    by = ', '.join(others) or 'another program'
    return CameraBusy(
        f'camera {path} is in use by {by}; end that, or set device: to another camera'
    )


def _list() -> str:
    return ' '.join(find_devices()) or 'none'
