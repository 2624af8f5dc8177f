# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Controls of V4L2 devices, such as brightness and exposure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
import errno
import re
from typing import Any

from rpi_classifier.camera.v4l2 import decode_text, Ioctl, open_device

_DISABLED, _READ_ONLY, _INACTIVE, _WRITE_ONLY = 0x1, 0x4, 0x10, 0x40
# The standard controls of the user class and the camera class in linux/v4l2-controls.h. Controls
# of sound are excluded.
_STANDARD = (range(0x00980900, 0x00980A00), range(0x009A0900, 0x009A0A00))
_SOUND = range(0x00980905, 0x0098090B)
SWITCHES = ('bool', 'menu', 'int_menu')
_NEXT_CONTROL = 0x80000000
_KINDS = {1: 'int', 2: 'bool', 3: 'menu', 4: 'button', 8: 'bitmask', 9: 'int_menu'}
_G_CTRL = Ioctl(27, 'Ii')
_S_CTRL = Ioctl(28, 'Ii')
_QUERYCTRL = Ioctl(36, '2I32s4iI8x')
_QUERYMENU = Ioctl(37, '2I32s4x')


@dataclass(frozen=True)
class Control:
    """A control of a device; ``kind`` is int, bool, menu, int_menu, bitmask or button."""

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
    """Return the name of a control as v4l2-ctl writes it: ``white_balance_automatic``."""
    return re.sub('[^a-z0-9]+', '_', control.name.lower()).strip('_')


def is_parameter(control: Control) -> bool:
    """Return whether a control becomes a parameter: standard, writable, and about images."""
    standard = any(control.id in ids for ids in _STANDARD) and control.id not in _SOUND
    kind = control.kind == 'int' or control.kind in SWITCHES
    return standard and kind and control.writable and control.value is not None


def list_controls(path: str) -> list[Control]:
    """
    List the controls of a device with their ranges and current values.

    :raises OSError: if it is not a V4L2 device or is gone.
    """
    with open_device(path) as fd:
        return [
            _control(fd, fields)
            for fields in _query_controls(fd)
            if fields[1] in _KINDS and not fields[-1] & _DISABLED
        ]


def get_control(path: str, control: int) -> int:
    """
    Read a control by its id.

    :raises OSError: EINVAL if the device has no such control.
    """
    with open_device(path) as fd:
        return int(_G_CTRL(fd, control)[1])


def set_control(path: str, control: int, value: int) -> int:
    """
    Set a control and read it back, because drivers clamp and round values.

    :returns: the value that the driver accepted.
    :raises OSError: EINVAL or ERANGE for a wrong value, EACCES if read-only, EBUSY if locked.
    """
    with open_device(path) as fd:
        _S_CTRL(fd, control, value)
        try:
            return int(_G_CTRL(fd, control)[1])
        except OSError as error:
            if error.errno == errno.EACCES:  # a button has no value
                return value
            raise


def _query_controls(fd: int) -> Iterator[tuple[Any, ...]]:
    last = 0
    while True:
        try:
            fields = _QUERYCTRL(fd, last | _NEXT_CONTROL)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOTTY):  # no further control, or none at all
                return
            raise
        last = fields[0]
        yield fields


def _control(fd: int, fields: tuple[Any, ...]) -> Control:
    id_, type_, name, low, high, step, default, flags = fields
    kind = _KINDS[type_]
    return Control(
        id_,
        decode_text(name),
        kind,
        low,
        high,
        step,
        default,
        value=None if kind == 'button' or flags & _WRITE_ONLY else _value(fd, id_),
        writable=not flags & _READ_ONLY,
        active=not flags & _INACTIVE,
        menu=_menu(fd, id_, kind, low, high),
    )


def _value(fd: int, control: int) -> int | None:
    try:
        return int(_G_CTRL(fd, control)[1])
    except OSError as error:
        if error.errno == errno.ENODEV:
            raise
        return None  # some webcams refuse to report some of their controls


def _menu(fd: int, control: int, kind: str, low: int, high: int) -> dict[int, str]:
    entries = {}
    if kind in ('menu', 'int_menu'):
        for index in range(low, high + 1):
            try:
                raw = _QUERYMENU(fd, control, index)[2]
            except OSError:  # menus may have gaps
                continue
            number = int.from_bytes(raw[:8], 'little', signed=True)
            entries[index] = decode_text(raw) if kind == 'menu' else str(number)
    return entries
