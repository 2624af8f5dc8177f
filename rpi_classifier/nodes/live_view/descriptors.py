# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From the descriptors of parameters to the fields of the live page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
import re
from typing import Any

from rcl_interfaces.msg import ParameterDescriptor, ParameterType, ParameterValue
from rclpy.parameter import parameter_value_to_python

from rpi_classifier.errors import Refused
from rpi_classifier.nodes.camera.controls import CONTROL_DESCRIPTION
from rpi_classifier.wording import quote

# What a viewer may change, and no more: these have effect at once, and can be taken back.
_SHOWN = {
    'classifier': (
        'top_k', 'score_threshold', 'unknown_below', 'max_rate', 'enter_threshold',
        'leave_threshold', 'min_duration', 'smoothing_window', 'region',
    ),
    'camera': ('jpeg_quality',),
}  # fmt: skip
_TYPES = {
    ParameterType.PARAMETER_BOOL: 'bool',
    ParameterType.PARAMETER_INTEGER: 'integer',
    ParameterType.PARAMETER_DOUBLE: 'double',
    ParameterType.PARAMETER_STRING: 'string',
}
_INTEGERS = range(-(2**63), 2**63)


@dataclass(frozen=True)
class ControlField:
    """A parameter as a field of the page; limits are None where there are none."""

    node: str
    name: str
    type: str
    value: Any
    minimum: float | None
    maximum: float | None
    step: float
    choices: list[tuple[int, str]]
    description: str

    def for_page(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)

    def convert(self, value: Any) -> Any:
        """
        Return a value of JSON as ROS takes it; the node checks the rest.

        :raises Refused: if ROS has no such value.
        """
        if type(value) is int and value not in _INTEGERS:
            raise Refused(f'{self.name}: {quote(str(value))} does not fit 64 bits')
        if type(value) is int and self.type == 'double':
            return float(value)
        if type(value) not in (bool, int, float, str):
            raise Refused(f'{self.name}: {quote(str(value))} is not a number, text, true or false')
        return value


def is_shown(node: str, descriptor: ParameterDescriptor) -> bool:
    """Return whether the page has a field for a parameter of ``camera`` or ``classifier``."""
    if descriptor.read_only:
        return False
    control = node == 'camera' and descriptor.description.startswith(CONTROL_DESCRIPTION)
    return control or descriptor.name in _SHOWN[node]


def to_field(node: str, descriptor: ParameterDescriptor, value: ParameterValue) -> ControlField:
    """Return the field of a parameter."""
    limits = [*descriptor.integer_range, *descriptor.floating_point_range]
    return ControlField(
        node=node,
        name=descriptor.name,
        type=_TYPES.get(value.type, 'string'),
        value=parameter_value_to_python(value),
        minimum=limits[0].from_value if limits else None,
        maximum=limits[0].to_value if limits else None,
        step=limits[0].step if limits else 0,
        choices=_choices(descriptor.additional_constraints),
        description=descriptor.description,
    )


def _choices(constraints: str) -> list[tuple[int, str]]:
    """Return the entries of a camera's menu, which ControlParameters lists as ``0: name``."""
    entries = re.split(r', (?=\d+: )', constraints.removeprefix('one of '))
    pairs = [entry.partition(': ') for entry in entries]
    if not all(colon and number.isdecimal() for number, colon, _ in pairs):
        return []
    return [(int(number), name) for number, _, name in pairs]
