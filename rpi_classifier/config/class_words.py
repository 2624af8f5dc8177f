# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameters that choose classes: a list of names, and a map from groups to names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import json
from typing import Any

import yaml

from rpi_classifier.errors import ConfigError
from rpi_classifier.wording import quote

_EXAMPLE = '{cat: [tabby, tiger cat], dog: [beagle, pug]}'
_NOT_YAML = (yaml.YAMLError, RecursionError, ValueError)

Groups = Mapping[str, tuple[str, ...]]


def parse_classes(classes: str | tuple[str, ...]) -> tuple[str, ...]:
    """
    Return the names or indices that the parameter ``classes`` has; none stands for all.

    :param classes: a list, or a string: one name, which may have commas, or a list as YAML has it.
    :raises ConfigError: if such a list cannot be read.
    """
    if not isinstance(classes, str):
        return classes
    text = classes.strip()
    if not text.startswith('['):
        return (text,) if text else ()
    try:
        return _members(yaml.compose(text, Loader=yaml.BaseLoader))
    except _NOT_YAML as error:
        raise ConfigError(
            f'classes: {quote(text)} is not a list, as in [tabby, tiger cat]; quote names that '
            'have commas or brackets'
        ) from error


def parse_aliases(text: str) -> Groups:
    """
    Return the groups that the parameter ``class_aliases`` has: the members of each name.

    :param text: a map as YAML or JSON has it.
    :raises ConfigError: if it is something else, a group is empty, or two share a member.
    """
    groups: dict[str, tuple[str, ...]] = {}
    owners: dict[str, str] = {}
    for name, members in _read_map(text):
        if name in groups:
            raise ConfigError(f'class_aliases: the group {quote(name)} is there twice; join both')
        if not name or not members or '' in members:
            raise ConfigError(
                f'class_aliases: the group {quote(name)} lacks a name or classes; write it as in '
                f'{_EXAMPLE}, or leave it out'
            )
        for member in members:
            check_owner(member, name, owners.setdefault(member, name))
        groups[name] = members
    return groups


def check_owner(member: str, group: str, owner: str) -> None:
    """
    Check that a class is in one group only.

    :raises ConfigError: if the group that has it is another one.
    """
    if owner != group:
        raise ConfigError(
            f'class_aliases: {quote(member)} is in the groups {quote(owner)} and {quote(group)}; '
            'leave it in one of them'
        )


def spell_aliases(text: str) -> str:
    """Return a map as JSON; what is none stays as it is."""
    try:
        groups = parse_aliases(text)
    except ConfigError:
        return text
    return json.dumps(groups, ensure_ascii=False) if groups else ''


def join_aliases(values: Mapping[str, Any]) -> str:
    """
    Return the map that ROS took apart.

    :param values: a list, one value, or None for an empty list, by the name of the group.
    """
    return json.dumps({name: _texts(value) for name, value in values.items()}, ensure_ascii=False)


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    listed = not isinstance(value, str) and isinstance(value, Iterable)
    return list(map(str, value)) if listed else [str(value)]


def _read_map(text: str) -> list[tuple[str, tuple[str, ...]]]:
    if not text.strip():
        return []
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)  # all scalars are strings
        if not isinstance(root, yaml.MappingNode):
            raise ValueError('not a map')
        return [(_scalar(name), _members(value)) for name, value in root.value]
    except _NOT_YAML as error:
        raise ConfigError(
            f'class_aliases: {quote(text)} is not a map from names to lists of classes, as in '
            f'{_EXAMPLE}'
        ) from error


def _members(node: yaml.Node | None) -> tuple[str, ...]:
    if isinstance(node, yaml.SequenceNode):
        return tuple(_scalar(one) for one in node.value)
    return (_scalar(node),)


def _scalar(node: yaml.Node | None) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError('not a word')
    return str(node.value).strip()
