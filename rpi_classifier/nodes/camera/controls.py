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
from rpi_classifier.config.normalize import as_kind
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

    def follow(self, device: str) -> bool:
        """
        Declare the controls of a device, undeclare others, and set the values that differ.

        :returns: False if the device is gone; the next opening repeats this.
        """
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
        except OSError:  # unplugged again
            return False
        return True

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
                    value = value_of(change.name, control, change.value)
                    before = get_control(self._device, control.id)
                    done.append((control, before))
                    self._set(change.name, control, value)
        except (OSError, ConfigError) as error:
            for control, before in reversed(done):
                self._undo(control, before)
            if isinstance(error, ConfigError):
                raise
            raise ConfigError(
                f'{change.name}: cannot become {change.value!r}, {self._device} answers: '
                f'{error.strerror}'
            ) from error

    def normalize(self, changes: Iterable[Parameter[Any]]) -> list[Parameter[Any]]:
        """Return changes of parameters with the values of controls as integers or booleans."""
        return [self._normalized(change) for change in changes]

    def _normalized(self, change: Parameter[Any]) -> Parameter[Any]:
        control = self._controls.get(change.name)
        if control is None:
            return change
        try:
            return Parameter(change.name, value=value_of(change.name, control, change.value))
        except ConfigError:  # ``set`` refuses it
            return change

    def _list(self) -> dict[str, Control]:
        offered = filter(is_parameter, list_controls(self._device))
        named = {parameter_name(control): control for control in offered}
        return {name: control for name, control in named.items() if name not in self._reserved}

    def _declare(self, name: str, control: Control) -> None:
        value = own = bool(control.value) if control.kind == 'bool' else control.value or 0
        anything = ParameterDescriptor(dynamic_typing=True)
        given = self._node.declare_parameter(name, own, anything).value
        try:
            value = own if given == own else value_of(name, control, given)
        except ConfigError as error:
            self._node.get_logger().warning(f'{error}; it remains {own!r}')
        self._node.set_parameters([Parameter(name, value=value)])
        self._node.set_descriptor(name, describe_control(control))

    def _restore(self, selects: Callable[[str], bool]) -> None:
        for name, control in self._list().items():
            value = self._node.get_parameter(name).value
            if not selects(control.kind) or not control.active or value == control.value:
                continue
            try:
                self._set(name, control, value_of(name, control, value))
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
    result = ParameterDescriptor(
        description=CONTROL_DESCRIPTION + control.name,
        additional_constraints=_allowed(control),
        dynamic_typing=True,  # ``value_of`` converts and checks
    )
    if control.kind != 'bool':
        result.integer_range = [_range_of(control)]
    return result


def _range_of(control: Control) -> IntegerRange:
    """Return the range of a control, with its value: a camera may break its own rules."""
    value = control.minimum if control.value is None else control.value
    step = control.step if control.kind == 'int' and control.step > 1 else 1
    sound = control.minimum <= value <= control.maximum
    return IntegerRange(
        from_value=min(control.minimum, value),
        to_value=max(control.maximum, value),
        step=step if sound and (value - control.minimum) % step == 0 else 1,
    )


def value_of(name: str, control: Control, given: Any) -> bool | int:
    """
    Return the value of a control's parameter, however it is written.

    :raises ConfigError: if it is not in the range of the control.
    """
    kind = bool if control.kind == 'bool' else int
    value = as_kind(kind, given)
    if kind is bool and type(value) is int and value in (0, 1):  # as v4l2-ctl writes it
        value = bool(value)
    within = type(value) is kind and control.minimum <= value <= control.maximum
    if not within or (control.menu and value not in control.menu):
        raise ConfigError(f'{name}: {given!r} is not {_allowed(control)}')
    return kind(value)


def _allowed(control: Control) -> str:
    if control.kind == 'bool':
        return 'true or false'
    if control.menu:
        entries = (f'{index}: {entry}' for index, entry in control.menu.items())
        return f'one of {", ".join(entries)}'
    return f'a whole number from {control.minimum} to {control.maximum}'
