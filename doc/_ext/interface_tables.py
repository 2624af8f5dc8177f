# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Directives that write tables of the package's interface from its code, so they cannot be wrong.

``parameters NODE`` lists the parameters of the node ``camera``, ``classifier`` or ``live_view``,
and ``launch-arguments`` those of the launch file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import Field, fields
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from rpi_classifier.bringup.plan import ARGUMENTS
from rpi_classifier.config import CameraConfig, ClassifierConfig, LiveViewConfig

CONFIGS = {'camera': CameraConfig, 'classifier': ClassifierConfig, 'live_view': LiveViewConfig}


def parameter_rows(node: str) -> list[tuple[str, ...]]:
    """Return name, meaning, default, allowed values and "live" of each parameter of a node."""
    return [
        (
            _code(parameter.name),
            _escape(parameter.metadata['description']),
            _value(parameter.default),
            _allowed(parameter),
            'live' if parameter.metadata['live'] else '',
        )
        for parameter in fields(CONFIGS[node])
    ]


def argument_rows() -> list[tuple[str, ...]]:
    """Return name, meaning and default of each launch argument."""
    return [
        (_code(name), _escape(description), _value(default))
        for name, (default, description) in ARGUMENTS.items()
    ]


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [titles, ['---'] * len(titles), *rows]
    return '\n'.join(f'| {" | ".join(line)} |' for line in lines)


class InterfaceTable(SphinxDirective):
    """A directive that becomes a table."""

    def make(self, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[nodes.Node]:
        """Return a table as nodes, with a class for the style sheet."""
        made = self.parse_text_to_nodes(markdown_table(titles, rows))
        for node in made:
            node['classes'].append('interface')
        return made


class ParameterTable(InterfaceTable):
    """The directive ``parameters``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table of a node."""
        titles = ('parameter', 'meaning', 'default', 'allowed', 'live')
        return self.make(titles, parameter_rows(self.arguments[0]))


class ArgumentTable(InterfaceTable):
    """The directive ``launch-arguments``."""

    def run(self) -> list[nodes.Node]:
        """Return the table of the launch file."""
        return self.make(('argument', 'meaning', 'default'), argument_rows())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive('parameters', ParameterTable)
    app.add_directive('launch-arguments', ArgumentTable)
    return {'parallel_read_safe': True}


def _allowed(parameter: Field[Any]) -> str:
    if parameter.metadata['choices']:
        return ', '.join(map(_code, parameter.metadata['choices']))
    if parameter.metadata['range']:
        return '{:g} to {:g}'.format(*parameter.metadata['range'])
    return {bool: '`true`, `false`', str: 'text'}[type(parameter.default)]


def _value(default: object) -> str:
    if isinstance(default, bool):
        return _code(str(default).lower())
    return 'empty' if default == '' else _code(str(default))


def _code(text: str) -> str:
    return f'`{text}`'


def _escape(text: str) -> str:
    """Keep Markdown from reading anything into a sentence."""
    return ''.join(f'\\{letter}' if letter in '\\`*_{}[]<>|~#$' else letter for letter in text)
