# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Directives that write tables of the package's interface from its code, so they cannot be wrong.

``parameters NODE`` lists the parameters of the node ``camera`` or ``classifier``, and
``launch-arguments`` those of the launch file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from rpi_classifier.bringup.plan import ARGUMENTS
from rpi_classifier.config import CameraConfig, ClassifierConfig
from rpi_classifier.config.options import allowed

CONFIGS = {'camera': CameraConfig, 'classifier': ClassifierConfig}


def parameter_rows(node: str) -> list[tuple[str, ...]]:
    """Return name, default, allowed values, "live" and meaning of each parameter of a node."""
    return [
        (
            _code(parameter.name),
            _value(parameter.default),
            _escape(allowed(parameter)),
            'live' if parameter.metadata['live'] else '',
            _escape(parameter.metadata['description']),
        )
        for parameter in fields(CONFIGS[node])
    ]


def argument_rows() -> list[tuple[str, ...]]:
    """Return name, default and meaning of each launch argument."""
    return [
        (_code(name), _value(default), _escape(description))
        for name, (default, description) in ARGUMENTS.items()
    ]


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [titles, ['---'] * len(titles), *rows]
    return '\n'.join(f'| {" | ".join(line)} |' for line in lines)


class ParameterTable(SphinxDirective):
    """The directive ``parameters``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table as nodes."""
        titles = ('parameter', 'default', 'allowed', 'live', 'meaning')
        table = markdown_table(titles, parameter_rows(self.arguments[0]))
        return self.parse_text_to_nodes(table)


class ArgumentTable(SphinxDirective):
    """The directive ``launch-arguments``."""

    def run(self) -> list[nodes.Node]:
        """Return the table as nodes."""
        table = markdown_table(('argument', 'default', 'meaning'), argument_rows())
        return self.parse_text_to_nodes(table)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive('parameters', ParameterTable)
    app.add_directive('launch-arguments', ArgumentTable)
    return {'parallel_read_safe': True}


def _value(default: object) -> str:
    if isinstance(default, bool):
        return _code(str(default).lower())
    return 'empty' if default == '' else _code(str(default))


def _code(text: str) -> str:
    return f'`{text}`'


def _escape(text: str) -> str:
    """Keep Markdown from reading anything into a sentence."""
    return ''.join(f'\\{letter}' if letter in '\\`*_{}[]<>|~#$' else letter for letter in text)
