# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From config dataclasses to ROS parameters and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, Field, fields
from typing import Any, TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from rpi_classifier.config import NodeConfig
from rpi_classifier.config.options import allowed
from rpi_classifier.errors import ConfigError

C = TypeVar('C', bound=NodeConfig)


def describe_field(parameter: Field[Any]) -> ParameterDescriptor:
    """Describe a field of a config dataclass for ROS tools."""
    result = ParameterDescriptor(
        description=parameter.metadata['description'],
        additional_constraints=allowed(parameter),
        # YAML makes integers of `fps: 30` and `device: 0`; the config converts and checks them.
        dynamic_typing=True,
    )
    if parameter.metadata['range']:
        low, high = parameter.metadata['range']
        if isinstance(parameter.default, int):
            result.integer_range = [IntegerRange(from_value=int(low), to_value=int(high))]
        else:
            result.floating_point_range = [FloatingPointRange(from_value=low, to_value=high)]
    return result


def declare(node: Node, kind: type[C]) -> C:
    """
    Declare all fields of a config dataclass as parameters.

    :returns: the config with the values from YAML and the command line.
    :raises ConfigError: if one of them is not allowed.
    """
    values = {}
    for field in fields(kind):
        try:
            values[field.name] = node.declare_parameter(
                field.name, field.default, describe_field(field)
            ).value
        except Exception as error:  # rclpy has a class per reason and no common base
            raise ConfigError(str(error)) from error
    return kind(**values)


def with_changes(config: C, parameters: Iterable[Parameter[Any]], configured: bool) -> C:
    """
    Return the config with all changes applied; parameters of others are ignored.

    :param configured: True if only live parameters may change.
    :raises ConfigError: if a value is not allowed, or may not change now.
    """
    names = {field.name for field in fields(config)}
    changed = {one.name: one.value for one in parameters if one.name in names}
    result = type(config)(**{**asdict(config), **changed})
    for field in fields(config):
        same = getattr(result, field.name) == getattr(config, field.name)
        if configured and not field.metadata['live'] and not same:
            raise ConfigError(
                f'{field.name}: cannot become {changed[field.name]!r} while the node is '
                'configured; deactivate and clean up the node first'
            )
    return result
