# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The controls of a V4L2 device: brightness, exposure and what else its driver offers."""

from __future__ import annotations

from dataclasses import dataclass, field
import errno
import re

from rpi_classifier.camera.v4l2 import Call, device, text

_DISABLED, _READ_ONLY, _INACTIVE, _WRITE_ONLY = 0x1, 0x4, 0x10, 0x40
# The standard controls of the classes user and camera, as linux/v4l2-controls.h numbers them,
# without those for sound.
_STANDARD = (range(0x00980900, 0x00980A00), range(0x009A0900, 0x009A0A00))
_SOUND = range(0x00980905, 0x0098090B)
SWITCHES = ('bool', 'menu', 'int_menu')
_NEXT_CONTROL = 0x80000000
_KINDS = {1: 'int', 2: 'bool', 3: 'menu', 4: 'button', 8: 'bitmask', 9: 'int_menu'}
_G_CTRL = Call(27, 'Ii')
_S_CTRL = Call(28, 'Ii')
_QUERYCTRL = Call(36, '2I32s4iI8x')
_QUERYMENU = Call(37, '2I32s4x')


@dataclass(frozen=True)
class Control:
    """A control; ``kind`` is int, bool, menu, int_menu, bitmask or button."""

    id: int
    name: str
    kind: str
    minimum: int
    maximum: int
    step: int
    default: int
    value: int | None
    writable: bool
    active: bool
    menu: dict[int, str] = field(default_factory=dict)


def parameter_name(control: Control) -> str:
    """Return a control's name as v4l2-ctl writes it: ``white_balance_automatic``."""
    return re.sub('[^a-z0-9]+', '_', control.name.lower()).strip('_')


def is_parameter(control: Control) -> bool:
    """Return whether the camera node makes a parameter of it: standard, writable, for images."""
    standard = any(control.id in ids for ids in _STANDARD) and control.id not in _SOUND
    kind = control.kind == 'int' or control.kind in SWITCHES
    return standard and kind and control.writable and control.value is not None


def controls(path: str) -> list[Control]:
    """
    List a device's controls with their ranges and present values.

    :raises OSError: if it is no V4L2 device or is gone.
    """
    found: list[Control] = []
    last = 0
    with device(path) as fd:
        while True:
            try:
                last, kind, name, low, high, step, default, flags = _QUERYCTRL(
                    fd, last | _NEXT_CONTROL
                )
            except OSError as error:
                if error.errno in (errno.EINVAL, errno.ENOTTY):  # past the last one; none at all
                    return found
                raise
            if kind not in _KINDS or flags & _DISABLED:
                continue
            found.append(
                Control(
                    last,
                    text(name),
                    _KINDS[kind],
                    low,
                    high,
                    step,
                    default,
                    value=None if kind == 4 or flags & _WRITE_ONLY else _value(fd, last),
                    writable=not flags & _READ_ONLY,
                    active=not flags & _INACTIVE,
                    menu=_menu(fd, last, kind, low, high),
                )
            )


def get_control(path: str, control: int) -> int:
    """
    Read a control by its id.

    :raises OSError: EINVAL if the device has no such control.
    """
    with device(path) as fd:
        return int(_G_CTRL(fd, control)[1])


def set_control(path: str, control: int, value: int) -> int:
    """
    Set a control and read it back, as drivers clamp and round.

    :returns: the value that the driver took.
    :raises OSError: EINVAL or ERANGE for a wrong value, EACCES if read-only, EBUSY if locked.
    """
    with device(path) as fd:
        _S_CTRL(fd, control, value)
        try:
            return int(_G_CTRL(fd, control)[1])
        except OSError as error:
            if error.errno == errno.EACCES:  # a button, which has no value
                return value
            raise


def _value(fd: int, control: int) -> int | None:
    try:
        return int(_G_CTRL(fd, control)[1])
    except OSError as error:
        if error.errno == errno.ENODEV:
            raise
        return None  # some webcams refuse to tell some of theirs


def _menu(fd: int, control: int, kind: int, low: int, high: int) -> dict[int, str]:
    entries = {}
    if _KINDS[kind] in ('menu', 'int_menu'):
        for index in range(low, high + 1):
            try:
                raw = _QUERYMENU(fd, control, index)[2]
            except OSError:  # a hole
                continue
            number = int.from_bytes(raw[:8], 'little', signed=True)
            entries[index] = text(raw) if _KINDS[kind] == 'menu' else str(number)
    return entries
