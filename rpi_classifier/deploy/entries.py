# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameters of a file, with their places in its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import re
from typing import Any

import yaml

from rpi_classifier.config.parameter_sections import Section
from rpi_classifier.errors import DeployError
from rpi_classifier.yaml_core import CoreLoader

_INNER_BLANKS = re.compile(r'(?<=\S)[ \t]+')


@dataclass(frozen=True)
class Entry:
    """
    One parameter in a section of a file.

    ``pattern`` says for which nodes the section is, as ``/**/classifier``.
    """

    pattern: str
    name: str
    value: Any
    key_node: yaml.Node
    value_node: yaml.Node

    def is_for(self, node: str) -> bool:
        """Return True if the entry is for the node with a fully qualified name."""
        return Section(self.pattern, ()).matches(node)


@dataclass(frozen=True)
class ParameterBlock:
    """What stands under ros__parameters: a mapping, or nothing yet."""

    pattern: str
    key_node: yaml.Node
    node: yaml.Node


def read_entries(text: str) -> list[Entry]:
    """
    Return the parameters of a file, in its order.

    :raises DeployError: if the text is not YAML, or not one document.
    """
    loader, blocks = _parse(text)
    return [
        Entry(block.pattern, str(key.value), _value_of(loader, value), key, value)
        for block in blocks
        if isinstance(block.node, yaml.MappingNode)
        for key, value in block.node.value
    ]


def _value_of(loader: CoreLoader, node: yaml.Node) -> Any:
    try:
        return loader.construct_object(node, deep=True)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _not_understood(error) from error


def values_for(entries: list[Entry], node: str) -> dict[str, Entry]:
    """
    Return the entries that count for a node, by the names of the parameters.

    As in rcl, of two sections that match the one counts whose pattern comes later for the first
    time, and within the sections of one pattern the last entry.

    :param entries: of one file, or of several one after the other.
    """
    by_pattern: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        by_pattern.setdefault(entry.pattern, {})[entry.name] = entry
    found: dict[str, Entry] = {}
    for pattern, named in by_pattern.items():
        if Section(pattern, ()).matches(node):
            found.update(named)
    return found


def find_blocks(text: str) -> list[ParameterBlock]:
    """
    Return the blocks of parameters of a file, in its order.

    :raises DeployError: if the text is not YAML, or not one document.
    """
    return _parse(text)[1]


def _parse(text: str) -> tuple[CoreLoader, list[ParameterBlock]]:
    try:
        # libyaml, with which rcl reads, takes tabs behind a word; PyYAML does not.
        loader = CoreLoader(_INNER_BLANKS.sub(lambda found: ' ' * len(found[0]), text))
        return loader, list(_blocks(loader.get_single_node(), ''))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _not_understood(error) from error


def _not_understood(error: Exception) -> DeployError:
    return DeployError(f'it is not understood: {" ".join(str(error).split())}')


def _blocks(root: yaml.Node | None, above: str) -> Iterator[ParameterBlock]:
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == 'ros__parameters':
                yield ParameterBlock(above, key, value)
            else:
                yield from _blocks(value, f'{above}/{str(key.value).strip("/")}')
