# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Check of a Raspberry Pi's camera connector: the tutorial's boot lines, or libcamera."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
import re

from rpi_classifier.board import model_name
from rpi_classifier.doctor.check_result import CheckResult, ok, Options, skipped, warn

_NAME = 'csi.stack'
_CONFIGS = ('boot/firmware/config.txt', 'boot/config.txt')
_GPU_MB = 128
# The last releases with the driver bcm2835-v4l2; later ones have libcamera only.
_WITH_LEGACY = ('buster', 'bullseye', 'focal', 'jammy')
_LIBCAMERA_DRIVERS = ('unicam', 'rp1-cfe')
_USE_LIBCAMERA = (
    'use a USB camera, or sudo apt install ros-$ROS_DISTRO-camera-ros and launch with '
    'driver:=camera_ros (libcamerify PROGRAM may do for single programs)'
)


def check_csi(options: Options) -> Iterator[CheckResult]:
    """Check how OpenCV can reach a camera at the connector of a Raspberry Pi."""
    root = options.root
    model = model_name(root)
    if 'Raspberry Pi' not in (model or ''):
        yield skipped(_NAME, 'no Raspberry Pi, so no camera connector')
        return
    drivers = camera_drivers(root)
    others = [driver for driver in drivers if driver not in _LIBCAMERA_DRIVERS]
    if others:
        yield ok(_NAME, f'not needed, there is another camera: {", ".join(others)}')
    elif has_legacy_driver(model or '', codename(root)):
        yield check_boot_config(root)
    else:
        what = 'this system reaches a CSI camera by libcamera only, OpenCV cannot open it'
        yield warn(_NAME, what, _USE_LIBCAMERA)


def camera_drivers(root: Path) -> list[str]:
    """Return the V4L2 devices that may be cameras: all but codecs and image processors."""
    names = []
    for file in sorted((root / 'sys/class/video4linux').glob('video*/name')):
        name = file.read_text(errors='replace').strip()
        if not re.match('bcm2835-(codec|isp)|pispbe|rpi-?(hevc|vid)', name):
            names.append(next((d for d in _LIBCAMERA_DRIVERS if name.startswith(d)), name))
    return names


def codename(root: Path) -> str:
    """Return the code name of the system's release, as ``bookworm``; empty if it has none."""
    try:
        text = (root / 'etc/os-release').read_text(errors='replace')
    except OSError:
        return ''
    found = re.search(r'^VERSION_CODENAME="?(\w+)', text, re.MULTILINE)
    return found.group(1) if found else ''


def has_legacy_driver(model: str, release: str) -> bool:
    """Return whether a board with this release has the driver that the tutorial uses."""
    return release in _WITH_LEGACY and 'Raspberry Pi 5' not in model


def check_boot_config(root: Path) -> CheckResult:
    """Check whether the boot configuration has the tutorial's lines."""
    file = next((root / name for name in _CONFIGS if (root / name).is_file()), None)
    if file is None:
        return skipped(_NAME, f'no {" or ".join(_CONFIGS)} to look into')
    lines = parse_config_txt(file.read_text(errors='replace'))
    lacks = []
    if lines.get('start_x') != '1':
        lacks.append('start_x=1')
    memory = lines.get('gpu_mem', '0')
    if not memory.isdecimal() or int(memory) < _GPU_MB:
        lacks.append(f'gpu_mem={_GPU_MB}')
    wrong = ['camera_auto_detect=1'] if lines.get('camera_auto_detect') == '1' else []
    if not lacks and not wrong:
        return ok(_NAME, f'{file} has the lines for a CSI camera; but no camera answers yet')
    fixes = [f'add {" and ".join(lacks)}'] if lacks else []
    fixes += ['put # before camera_auto_detect=1'] if wrong else []
    what = f'{file} is not set for a CSI camera'
    return warn(_NAME, what, f'for a CSI camera {", ".join(fixes)}, and reboot')


def parse_config_txt(text: str) -> Mapping[str, str]:
    """
    Return the settings of a config.txt that apply to a Raspberry Pi 4; later lines win.

    These are in the sections [all] and [pi4], and before the first section.
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
