# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The help of a node executable, made from what its nodes say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
import inspect
import textwrap
from typing import Any, TYPE_CHECKING

from rpi_classifier.config import NodeConfig
from rpi_classifier.config.options import allowed
from rpi_classifier.nodes.common.topics import Topics

if TYPE_CHECKING:
    from rpi_classifier.nodes.common.managed_node import ManagedNode

_WIDTH = 98
_HOW = (
    '-p sets a parameter, --params-file takes those of a YAML file such as '
    'config/classifier.yaml, -r renames a topic, -r __node:=NAME the node, '
    '-r __ns:=/NAMESPACE moves it. While the node runs, `ros2 param set /NODE NAME VALUE` '
    'changes what is marked live.'
)


@dataclass(frozen=True)
class NodeUsage:
    """A node of an executable; ``example`` are words for --ros-args."""

    name: str
    node: type[ManagedNode[Any]]
    config: type[NodeConfig]
    topics: Topics
    example: str


def describe_usage(nodes: Sequence[NodeUsage]) -> str:
    """Return the help of the executable that runs these nodes."""
    executable = '_'.join(one.name for one in nodes) if len(nodes) > 1 else f'{nodes[0].name}_node'
    command = f'ros2 run rpi_classifier {executable}'
    lines = [
        f'usage: {command} [--ros-args [-p NAME:=VALUE ...] [--params-file FILE.yaml]',
        ' ' * 12 + '[-r NAME:=NEW_NAME ...]]',
        *(f'\n{one.name}: {inspect.getdoc(one.node)}' for one in nodes),
        *('', *textwrap.wrap(_HOW, _WIDTH)),
        *('', 'example:', f'  {command} --ros-args {" ".join(one.example for one in nodes)}'),
    ]
    for one in nodes:
        lines += ['', f'topics of {one.name}:', *_topics(one.topics)]
        lines += ['', f'parameters of {one.name}:', *_parameters(one.config)]
        if one.node.more_parameters:
            lines.append(f'  each of the others is {one.node.more_parameters}')
    return '\n'.join(lines)


def _topics(topics: Topics) -> Iterator[str]:
    for verb, names in (
        ('subscribes to', topics.subscribes),
        ('publishes', topics.publishes),
    ):
        if names:
            yield f'  {verb} {", ".join(names)}'


def _parameters(config: type[NodeConfig]) -> Iterator[str]:
    for field in fields(config):
        live = '; live' if field.metadata['live'] else ''
        yield f'  {field.name} (default: {_yaml(field.default)}, {allowed(field)}{live})'
        yield textwrap.indent(textwrap.fill(field.metadata['description'], _WIDTH - 6), ' ' * 6)


def _yaml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)
