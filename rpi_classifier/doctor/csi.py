# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The camera connector of a Raspberry Pi: the tutorial's boot lines, or libcamera."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
import re

from rpi_classifier import board
from rpi_classifier.doctor.check_result import Finding, ok, Options, skipped, warn

_NAME = 'csi.stack'
_CONFIGS = ('boot/firmware/config.txt', 'boot/config.txt')
_GPU_MB = 128
# Where the driver bcm2835-v4l2 can still be had: what came after has libcamera only.
_WITH_LEGACY = ('buster', 'bullseye', 'focal', 'jammy')
_LIBCAMERA_DRIVERS = ('unicam', 'rp1-cfe')
_USE_LIBCAMERA = (
    'use a USB camera, or run camera_ros and start with camera:=false image:=/camera/image_raw '
    '(libcamerify PROGRAM may do for single programs)'
)


def check(options: Options) -> Iterator[Finding]:
    """Check a Raspberry Pi's way to a camera at its connector."""
    root = options.root
    model = board.model(root)
    if 'Raspberry Pi' not in (model or ''):
        yield skipped(_NAME, 'no Raspberry Pi, so no camera connector')
        return
    drivers = camera_drivers(root)
    others = [driver for driver in drivers if driver not in _LIBCAMERA_DRIVERS]
    if others:
        yield ok(_NAME, f'not needed, there is a camera: {", ".join(others)}')
    elif legacy_possible(model or '', codename(root)):
        yield legacy(root)
    else:
        what = 'this system reaches a CSI camera by libcamera only, OpenCV cannot open it'
        yield warn(_NAME, what, _USE_LIBCAMERA)


def camera_drivers(root: Path) -> list[str]:
    """Return the names of what may be a camera: codecs and image processors left out."""
    names = []
    for file in sorted((root / 'sys/class/video4linux').glob('video*/name')):
        name = file.read_text(errors='replace').strip()
        if not re.match('bcm2835-(codec|isp)|pispbe|rpi-?(hevc|vid)', name):
            names.append(next((d for d in _LIBCAMERA_DRIVERS if name.startswith(d)), name))
    return names


def codename(root: Path) -> str:
    """Return the code name of the system's release, as ``bookworm``; empty if not told."""
    try:
        text = (root / 'etc/os-release').read_text(errors='replace')
    except OSError:
        return ''
    found = re.search(r'^VERSION_CODENAME="?(\w+)', text, re.MULTILINE)
    return found.group(1) if found else ''


def legacy_possible(model: str, release: str) -> bool:
    """Return whether the tutorial's way to a CSI camera exists on such a board and system."""
    return release in _WITH_LEGACY and 'Raspberry Pi 5' not in model


def legacy(root: Path) -> Finding:
    """Compare the boot configuration with the tutorial's lines."""
    file = next((root / name for name in _CONFIGS if (root / name).is_file()), None)
    if file is None:
        return skipped(_NAME, f'no {" or ".join(_CONFIGS)} to look into')
    lines = settings(file.read_text(errors='replace'))
    lacks = []
    if lines.get('start_x') != '1':
        lacks.append('start_x=1')
    memory = lines.get('gpu_mem', '0')
    if not memory.isdecimal() or int(memory) < _GPU_MB:
        lacks.append(f'gpu_mem={_GPU_MB}')
    wrong = ['camera_auto_detect=1'] if lines.get('camera_auto_detect') == '1' else []
    if not lacks and not wrong:
        return ok(_NAME, f'{file} has the lines for a CSI camera; none answers as yet')
    fixes = [f'add {" and ".join(lacks)}'] if lacks else []
    fixes += ['put # before camera_auto_detect=1'] if wrong else []
    what = f'{file} is not set for a CSI camera'
    return warn(_NAME, what, f'for a CSI camera {", ".join(fixes)}, and reboot')


def settings(text: str) -> Mapping[str, str]:
    """
    Return what a config.txt sets for a Raspberry Pi 4; later lines win.

    Sections such as [pi3] are for other boards; [all], [pi4] and the part before any count.
    """
    found, counts = {}, True
    for raw in text.splitlines():
        line = raw.split('#')[0].strip()
        section = re.fullmatch(r'\[(.+)\]', line)
        if section:
            counts = section.group(1) in ('all', 'pi4')
        elif counts and '=' in line:
            key, _, value = line.partition('=')
            found[key.strip()] = value.strip()
    return found
