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
from rpi_classifier.config.normalize import normalize
from rpi_classifier.config.options import allowed, is_allowed
from rpi_classifier.errors import ConfigError
from rpi_classifier.nodes.compat import given_parameters

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
    Declare all fields of a config dataclass as parameters, with values as the config writes them.

    :returns: the config with the values from YAML and the command line.
    :raises ConfigError: if one of them is not allowed.
    """
    # Ranges come after the config has looked at the values: its sentences say what to do.
    anything = ParameterDescriptor(dynamic_typing=True)
    given = {
        field.name: node.declare_parameter(field.name, field.default, anything).value
        for field in fields(kind)
    }
    for field in fields(kind):
        if field.metadata['or_map']:
            given[field.name] = _join_map(node, field.name, given[field.name])
    config = kind(**given)
    for field in fields(kind):
        value = _as_parameter(getattr(config, field.name))
        if not _same(value, node.get_parameter(field.name).value):
            node.set_parameters([Parameter(field.name, value=value)])
        node.set_descriptor(field.name, describe_field(field))
    return config


def is_in_map(name: str, kind: type[NodeConfig]) -> bool:
    """Return True if a parameter is one entry of a map that a config has as one parameter."""
    maps = {field.name for field in fields(kind) if field.metadata['or_map']}
    return '.' in name and name.partition('.')[0] in maps


def _join_map(node: Node, name: str, text: Any) -> Any:
    """Return a map as a whole: rcl makes parameters NAME.KEY of a map in a file."""
    entries = given_parameters(node, f'{name}.')
    if not entries:
        return text
    if text:
        raise ConfigError(
            f'{name}: is given as a string and as {name}.{next(iter(entries))}; write one of them'
        )
    return entries


def normalize_changes(
    kind: type[NodeConfig], changes: Iterable[Parameter[Any]]
) -> list[Parameter[Any]]:
    """
    Return changes of parameters with values as the config writes them.

    Values that are not allowed stay as they are: the config refuses them.
    """
    known = {field.name: field for field in fields(kind)}
    result = []
    for change in changes:
        field = known.get(change.name)
        value = normalize(field, change.value) if field else change.value
        if field and is_allowed(field, value) and not _same(_as_parameter(value), change.value):
            change = Parameter(change.name, value=_as_parameter(value))
        result.append(change)
    return result


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


def _as_parameter(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and bool(value == other)
