# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Warnings of what a process is given and does not use: ROS itself says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any, TYPE_CHECKING, TypeAlias

from rpi_classifier.config import CameraConfig, ClassifierConfig, LiveViewConfig
from rpi_classifier.config.choices import nearest_choice
from rpi_classifier.config.parameter_sections import read_sections, Section, section_of
from rpi_classifier.nodes.common.command_line import CommandLine
from rpi_classifier.nodes.common.parameters import is_in_map
from rpi_classifier.nodes.common.topics import ALL_TOPICS
from rpi_classifier.wording import printable_path

if TYPE_CHECKING:
    from rpi_classifier.nodes.common.managed_node import ManagedNode

_Warnings: TypeAlias = 'Iterator[tuple[ManagedNode[Any], str]]'

_OF_RCLPY = ('use_sim_time', 'start_type_description_service')
_OF_ROS = ('/rosout', '/parameter_events', '/clock', '/diagnostics')
_KINDS = {'camera': CameraConfig, 'classifier': ClassifierConfig, 'live_view': LiveViewConfig}


class UnusedSettings:
    """Warns once of each parameter, file, remapping and word that has no effect."""

    def __init__(
        self, nodes: Sequence[ManagedNode[Any]], words: CommandLine, *, launched: bool = False
    ) -> None:
        """
        Read the parameter files that the command line names.

        :param nodes: all nodes of the process.
        :param launched: True if a launch wrote the command line. It hands the parameters and
            remappings of a group to each process, so only likely mistakes among them are told.
        """
        self._nodes, self._words, self._launched = nodes, words, launched
        read = {file: read_sections(file) for file in words.files}
        self._files = {file: found for file, found in read.items() if found is not None}
        self._given = [section_of(word) for word in words.parameters]
        self._told: set[str] = set()

    def warn(self) -> None:
        """Warn of what is known to be unused now; call it again when a node has declared more."""
        for node, warning in (
            *self._unknown_parameters(), *self._foreign_files(), *self._foreign_parameters(),
            *self._idle_remappings(), *self._words_outside(),
        ):  # fmt: skip
            if warning not in self._told:
                self._told.add(warning)
                node.get_logger().warning(warning)

    def _unknown_parameters(self) -> _Warnings:
        from_files = [section for sections in self._files.values() for section in sections]
        for section in (*from_files, *self._given):
            nodes = [node for node in self._nodes if section.matches(_full_name(node))]
            for name in section.names if nodes else ():
                yield from self._unknown_parameter(name, section, nodes)

    def _unknown_parameter(
        self, name: str, section: Section, nodes: Sequence[ManagedNode[Any]]
    ) -> _Warnings:
        known = {name for node in nodes for name in _parameters_of(node)}
        of_group = self._launched and not section.file
        if any(is_in_map(name, type(node.config)) for node in nodes):
            return
        owners = _owners(name)
        meant_for_others = owners and (section.is_shared or of_group)
        if name in known or name.startswith('qos_overrides.') or meant_for_others:
            return
        nearest = nearest_choice(name, known)
        waits = of_group or any(node.declares_later for node in nodes)
        if waits and not nearest and not owners:
            return
        hint = f'did you mean {nearest!r}?' if nearest else '--help shows all names'
        hint = f'it is one of {" and ".join(owners)}' if owners else hint
        more = ''.join(f' nor {one.more_parameters}' for one in nodes if one.more_parameters)
        kind = f'{_names(nodes)}{"" if nearest or owners else more}'
        yield (
            nodes[0],
            f'{section.origin}{name!r} is no parameter of {kind}, so it is not used; {hint}',
        )

    def _foreign_files(self) -> _Warnings:
        for file, sections in self._files.items():
            missed = [node for node in self._nodes if not _match(sections, [node])]
            others = [one.pattern for one in sections if not _match([one], self._nodes)]
            if self._is_for_peers(sections) or len(missed) < len(self._nodes):
                # Then only a likely mistake is told.
                missed = [node for node in missed if nearest_choice(_full_name(node), others)]
            if missed:
                names, own = [_full_name(node) for node in missed], missed[0].get_name()
                only = f', only for {", ".join(others[:5])}' if others else ''
                yield (
                    missed[0],
                    f'{printable_path(file)} has no parameters for {" and ".join(names)}{only}; '
                    f'write {names[0]} or /**/{own} there',
                )

    def _is_for_peers(self, sections: Iterable[Section]) -> bool:
        """Return True if a launch gives the file to a process of the other node, too."""
        pairs = ((section, node) for section in sections for node in self._nodes)
        return self._launched and any(_is_peer(section, node) for section, node in pairs)

    def _foreign_parameters(self) -> _Warnings:
        for section in self._given:
            if not _match([section], self._nodes):
                names = ' and '.join(map(_full_name, self._nodes))
                (name,) = section.names
                yield (
                    self._nodes[0],
                    f"'-p {section.pattern.strip('/')}:{name}' is not for {names}, so it is not "
                    f'used; write -p {name} without a prefix',
                )

    def _idle_remappings(self) -> _Warnings:
        topics = [topic for node in self._nodes for topic in node.topics.names]
        for word in self._words.remaps:
            prefix, _, source = word.partition(':=')[0].rpartition(':')
            if source.startswith('__') and prefix in ('', *_KINDS):  # the name before renaming
                continue
            nodes = [node for node in self._nodes if prefix in ('', node.get_name())]
            begin = f"'-r {word}' has no effect"
            if not nodes:
                yield self._nodes[0], f'{begin}: no node here is named {prefix!r}'
            for node in nodes:
                if reason := node.unused_topics.get(source.lstrip('/')):
                    yield node, f'{begin}: {reason}'
            if nodes and not _is_name(source, nodes):
                nearest = nearest_choice(source.lstrip('/'), topics)
                if not self._launched or (nearest and source not in ALL_TOPICS):
                    hint = nearest or 'one of ' + ', '.join(topics)
                    yield nodes[0], f'{begin}: no topic is named {source!r}; write {hint}'

    def _words_outside(self) -> _Warnings:
        plain = []
        for word in self._words.outside:
            name = word.partition(':=')[0]
            if ':=' not in word:
                plain.append(word)
            elif not name.startswith('__') and not _is_name(name, self._nodes):
                warning = f'{word!r} sets no parameter; write --ros-args -p {word}'
                yield self._nodes[0], warning  # rcl takes it as a remapping and says so
        if words := ' '.join(word for word in plain if word not in ('-p', '--param')):
            warning = f'{words!r} has no effect; write --ros-args before it, --help shows how'
            yield self._nodes[0], warning


def _names(nodes: Sequence[ManagedNode[Any]]) -> str:
    return ' or '.join(node.get_name() for node in nodes)


def _full_name(node: ManagedNode[Any]) -> str:
    return str(node.get_fully_qualified_name())


def _parameters_of(node: ManagedNode[Any]) -> set[str]:
    return {*node.get_parameters_by_prefix(''), *node.internal_parameters, *_OF_RCLPY}


def _match(sections: Iterable[Section], nodes: Sequence[ManagedNode[Any]]) -> bool:
    return any(section.matches(_full_name(node)) for section in sections for node in nodes)


def _owners(parameter: str) -> list[str]:
    """Return the nodes of this package that have a parameter."""
    return [
        name
        for name, kind in _KINDS.items()
        if parameter in {one.name for one in fields(kind)} or is_in_map(parameter, kind)
    ]


def _is_peer(section: Section, node: ManagedNode[Any]) -> bool:
    """Return True if a section is for a node that is another one by its kind."""
    space = node.get_namespace().rstrip('/')
    peers = [name for name, kind in _KINDS.items() if not isinstance(node.config, kind)]
    return any(section.matches(f'{space}/{name}') for name in peers)


def _is_name(source: str, nodes: Sequence[ManagedNode[Any]]) -> bool:
    """Return True if a remapping's left side is a topic of the nodes, or private to one."""
    return any(_has_name(node, source) for node in nodes)


def _has_name(node: ManagedNode[Any], source: str) -> bool:
    """Return True if a remapping's left side is a name of a topic, or private to the node."""
    space, own = node.get_namespace().rstrip('/'), _full_name(node)
    absolute = source if source.startswith(('/', '~')) else f'{space}/{source}'
    topics = {f'{space}/{topic}' for topic in node.topics.names}
    return absolute.startswith(('~', f'{own}/')) or absolute in {*topics, *_OF_ROS}
