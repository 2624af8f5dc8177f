# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Finding cameras, finding them again after a replug, and explaining their failures."""

from __future__ import annotations

import errno
import os
from pathlib import Path
import time

from rpi_classifier.camera import v4l2
from rpi_classifier.camera.device_kinds import explain_impossible, explain_missing, explain_other
from rpi_classifier.errors import (
    CameraAbsent,
    CameraBusy,
    CameraError,
    CameraPermissionError,
    CameraStalled,
    NotACamera,
)

_VANISHING_S = 0.2


def find_devices() -> dict[str, v4l2.Capability]:
    """Return all cameras that this user may open, by path, in the order of their numbers."""
    found = {}
    paths = Path('/dev').glob('video[0-9]*')
    for path in sorted(paths, key=lambda path: (len(path.name), path.name)):
        this = _capability(str(path))
        if this and this.is_capture:
            found[str(path)] = this
    return found


def stable_path(path: str, links: str = '/dev/v4l/by-id') -> str:
    """Return udev's link to a device, which survives a replug; ``path`` if there is none."""
    try:
        found = [str(link) for link in sorted(Path(links).iterdir()) if link.samefile(path)]
    except OSError:
        return path
    return found[0] if found else path


def find_replugged(known: v4l2.Capability) -> str | None:
    """
    Find a camera that was unplugged and may have returned under another number.

    A camera matches if it has the same name and port, or if it is the only one of that name.

    :returns: its path, or None.
    """
    same = {path: found for path, found in find_devices().items() if found.card == known.card}
    here = [path for path, found in same.items() if found.bus_info == known.bus_info]
    if here:
        return here[0]
    return next(iter(same)) if len(same) == 1 else None


def locate_camera(device: str, known: v4l2.Capability | None = None) -> str:
    """
    Return the path of a camera that is given as a path, an index or a name.

    :param known: what the camera was when it was open before. If ``device`` now names another
        camera and the known one is elsewhere, this is the path of the known one.
    :raises CameraAbsent: if the camera is not there.
    :raises NotACamera: if the text can be no camera.
    """
    path = f'/dev/video{device}' if device.isdecimal() else device
    if os.path.exists(path):
        here = _capability(path)
        if known is None or here is None or here.card == known.card:
            return path
    found = find_devices()
    again = find_replugged(known) if known else None
    named = [other for other, this in found.items() if this.card == device]
    if again or named:
        return again or named[0]
    if os.path.exists(path):
        return path
    if reason := explain_impossible(device):
        raise NotACamera(reason)
    if not path.startswith('/dev/'):
        raise CameraAbsent(explain_missing(device))
    there = ', '.join(f'{other} ({this.card})' for other, this in found.items())
    raise CameraAbsent(
        f'camera {path} does not exist; plug it in, or set device: to another one'
        + (f' of {there}' if there else ' (there is none now)')
    )


def identify_camera(path: str) -> v4l2.Capability:
    """
    Query which camera a path is.

    :raises CameraError: if it is not a camera or cannot be opened; the subclass says which.
    """
    if other := explain_other(path):
        raise NotACamera(other)
    try:
        found = v4l2.query_capability(path)
    except OSError as error:
        raise _reason(path, error) from error
    if not found.is_capture:
        raise NotACamera(
            f'{path} ({found.card}) is not a camera but another part of one or of a codec; set '
            f'device: to a camera (cameras here: {_list_paths()})'
        )
    return found


def explain_open_failure(path: str) -> CameraError:
    """Return the reason why OpenCV could not open a device."""
    try:
        identify_camera(path)
        if v4l2.is_busy(path):
            return _busy(path)
    except CameraError as error:
        return error
    except OSError as error:
        return _reason(path, error)
    return NotACamera(
        f'camera {path} has no format that OpenCV can open; use another camera, or see '
        'v4l2-ctl --list-formats'
    )


def explain_read_failure(path: str) -> CameraError:
    """Return the reason why a device stopped giving frames, after time for it to vanish."""
    end = time.monotonic() + _VANISHING_S
    while time.monotonic() < end:
        try:
            identify_camera(path)
        except CameraError as error:
            return error
        time.sleep(_VANISHING_S / 4)
    return CameraStalled(
        f'camera {path} is there but its driver gives no frames; if this persists, unplug it and '
        'plug it in again, or see dmesg'
    )


def programs_using(path: str) -> list[str]:
    """Return the programs, visible to this user, that hold a device open: ``name (pid N)``."""
    real, found = os.path.realpath(path), set()
    for link in Path('/proc').glob('[0-9]*/fd/*'):
        try:
            if os.readlink(link) == real:
                process = link.parts[2]
                name = Path('/proc', process, 'comm').read_text().strip()
                found.add(f'{name} (pid {process})')
        except OSError:  # of another user, or gone
            continue
    return sorted(found)


def _capability(path: str) -> v4l2.Capability | None:
    try:
        return v4l2.query_capability(path)
    except OSError:
        return None


def _reason(path: str, error: OSError) -> CameraError:
    if error.errno in (errno.EACCES, errno.EPERM):
        return CameraPermissionError(
            f'camera {path} may not be opened by this user; sudo usermod -aG video $USER, and log '
            'in again'
        )
    if error.errno in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
        return CameraAbsent(f'camera {path} is gone; plug it in again')
    if error.errno == errno.EBUSY:
        return _busy(path)
    if error.errno in (errno.ENOTTY, errno.EINVAL, errno.EISDIR):
        return NotACamera(
            f'{path} is not a V4L2 camera; set device: to one (cameras here: {_list_paths()})'
        )
    return CameraError(f'camera {path} cannot be opened: {error.strerror}')


def _busy(path: str) -> CameraBusy:
    own = f'(pid {os.getpid()})'
    others = [user for user in programs_using(path) if own not in user]
    by = ', '.join(others) or 'another program'
    return CameraBusy(
        f'camera {path} is in use by {by}; end that, or set device: to another camera'
    )


def _list_paths() -> str:
    return ' '.join(find_devices()) or 'none'
