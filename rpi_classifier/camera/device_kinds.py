# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a device may be, and what people write there that it cannot be."""

from __future__ import annotations

import errno
import os
import re
import stat

from rpi_classifier.files.paths import describe_path
from rpi_classifier.files.regular_file import name_mode
from rpi_classifier.wording import quote

_MAY_BE = (
    'a device is a V4L2 camera (/dev/videoN, its number or its name), a video file, a photo or a '
    'folder of photos'
)
_OTHER_DRIVER = 'for other cameras, start their driver, and this package with camera:=false'
_CSI = "for a camera on the board's CSI connector, start with driver:=camera_ros"

_PIPELINE = r'.*\s!\s.*|(v4l2|libcamera|nvarguscamera|rtsp|uri|file|udp)src(\s.*)?'
_CSI_PROGRAM = r'(rpicam|libcamera|picamera2?|raspicam|csi)([-_:\d].*)?'

# What the whole text looks like, what that is, and what to do instead.
_KINDS = (
    (r'\s*', 'is empty', ''),
    (_PIPELINE, 'is a GStreamer pipeline', _OTHER_DRIVER),
    (r'[A-Za-z][A-Za-z0-9+.-]*:/.*', 'is an address', _OTHER_DRIVER),
    (_CSI_PROGRAM, 'is not the name of a V4L2 camera', _CSI),
    (r'.*(%\d*d|[*?]|\[.*\].*\.\w+).*', 'is a pattern', 'give the folder that holds the files'),
    (r'[+-]?\d*\.?\d+', 'is not the number of a camera', ''),
    (r'video\d+', 'is not a path', 'write /dev/{0}'),
)


def explain_impossible(device: str) -> str:
    """Return why a text can never be a device, as a sentence; empty if it may be one."""
    if (device.isascii() and device.isdecimal()) or (device and os.path.lexists(device)):
        return ''
    for pattern, what, remedy in _KINDS:
        if re.fullmatch(pattern, device, re.DOTALL | re.IGNORECASE):
            advice = f'; {remedy.format(device)}' if remedy else ''
            return f'{quote(device)} {what}; {_MAY_BE}{advice}'
    return ''


def explain_missing(device: str) -> str:
    """Return that a path or a name is that of nothing here, as a sentence."""
    place = describe_path(device)
    if '/' not in device:
        return f'{place} is neither a file nor the name of a camera that is here; {_MAY_BE}'
    try:
        os.stat(device)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            return f'{place} cannot be opened: {error.strerror}; {_MAY_BE}'
    return f'{place} does not exist; {_MAY_BE}'


def explain_other(path: str) -> str:
    """Return what a path is if it is a pipe, a socket or a disk, as a sentence; else nothing."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return ''
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISBLK(mode):
        return f'{describe_path(path)} is {name_mode(mode)}; {_MAY_BE}'
    return ''
