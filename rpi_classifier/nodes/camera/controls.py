# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The controls of the open camera as live parameters of a node."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from rcl_interfaces.msg import IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from rpi_classifier.camera.controls import (
    Control,
    get_control,
    is_parameter,
    list_controls,
    parameter_name,
    set_control,
    SWITCHES,
)
from rpi_classifier.errors import ConfigError

CONTROL_DESCRIPTION = 'Camera control '  # how the description of each of them begins


class ControlParameters:
    """
    Keeps the parameters of a node equal to the controls of its camera.

    The first camera that opens determines the parameters, and the values that nobody has given.
    Every camera that opens later receives the values of the parameters. Use this on the node's
    executor thread only.
    """

    def __init__(self, node: Node, reserved: Collection[str]) -> None:
        """Start without controls; ``reserved`` are the names of the node's other parameters."""
        self._node = node
        self._reserved = frozenset(reserved)
        self._device = ''
        self._controls: dict[str, Control] = {}

    def follow(self, device: str) -> None:
        """Declare the controls of a device, undeclare others, and set the values that differ."""
        self._device = device
        try:
            found = self._list()
            for name in self._controls.keys() - found.keys():
                del self._controls[name]
                self._node.undeclare_parameter(name)
            for name in found.keys() - self._controls.keys():
                self._declare(name, found[name])
            self._controls = found
            # Switches first, because they decide which other controls are active.
            self._restore(lambda kind: kind in SWITCHES)
            self._restore(lambda kind: kind not in SWITCHES)
        except OSError:  # unplugged again; the next opening repeats this
            return

    def set(self, changes: Iterable[Parameter[Any]]) -> None:
        """
        Set the controls among the changed parameters, all or none.

        :raises ConfigError: if the camera refuses a value or accepts only another one.
        """
        done: list[tuple[Control, int]] = []
        try:
            for change in changes:
                control = self._controls.get(change.name)
                if control:
                    before = get_control(self._device, control.id)
                    done.append((control, before))
                    self._set(change.name, control, int(change.value))
        except (OSError, ConfigError) as error:
            for control, before in reversed(done):
                self._undo(control, before)
            if isinstance(error, ConfigError):
                raise
            raise ConfigError(
                f'{change.name}: cannot become {change.value!r}, {self._device} answers: '
                f'{error.strerror}'
            ) from error

    def _list(self) -> dict[str, Control]:
        offered = filter(is_parameter, list_controls(self._device))
        named = {parameter_name(control): control for control in offered}
        return {name: control for name, control in named.items() if name not in self._reserved}

    def _declare(self, name: str, control: Control) -> None:
        value = _typed(control, control.value or 0)
        described = describe_control(control)
        try:
            self._node.declare_parameter(name, value, described)
        except Exception as error:  # the exceptions of rclpy have no common base
            self._node.get_logger().warning(f'{name}: {error}; it remains {value!r}')
            self._node.declare_parameter(name, value, described, ignore_override=True)

    def _restore(self, selects: Callable[[str], bool]) -> None:
        for name, control in self._list().items():
            value = int(self._node.get_parameter(name).value)
            if not selects(control.kind) or not control.active or value == control.value:
                continue
            try:
                self._set(name, control, value)
            except (OSError, ConfigError) as error:
                self._node.get_logger().warning(f'{name}: {error}')

    def _set(self, name: str, control: Control, value: int) -> None:
        accepted = set_control(self._device, control.id, value)
        if accepted != value:
            raise ConfigError(
                f'{name}: the camera accepts {accepted} instead of {value}; set that value'
            )

    def _undo(self, control: Control, before: int) -> None:
        try:
            set_control(self._device, control.id, before)
        except OSError:  # it never changed, or the camera is gone
            return


def describe_control(control: Control) -> ParameterDescriptor:
    """Return the description of a control for ROS tools."""
    result = ParameterDescriptor(description=CONTROL_DESCRIPTION + control.name)
    if control.kind == 'int':
        step = max(control.step, 1)
        result.integer_range = [
            IntegerRange(from_value=control.minimum, to_value=control.maximum, step=step)
        ]
    if control.menu:
        entries = ', '.join(f'{index}: {entry}' for index, entry in control.menu.items())
        result.additional_constraints = f'one of {entries}'
    return result


def _typed(control: Control, value: int) -> bool | int:
    return bool(value) if control.kind == 'bool' else value
