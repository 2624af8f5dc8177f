# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The names and keywords of rclpy in use exist in each distribution's rclpy.

The tables of names are made by dev/read_rclpy_api.py. A name that needs a distribution belongs in
compat.py, inside ``try: ... except ImportError:``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
import json
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / 'rpi_classifier').rglob('*.py'))
TABLES = {
    path.stem: json.loads(path.read_text())
    for path in sorted((ROOT / 'test' / 'fixtures' / 'rclpy_api').glob('*.json'))
}
# The classes whose objects the package holds, wherever a distribution defines them.
CLASSES = {
    'Client', 'Clock', 'Executor', 'GuardCondition', 'LifecycleNode', 'LifecycleNodeMixin',
    'LifecyclePublisher', 'Node', 'Parameter', 'Publisher', 'QoSProfile', 'RcutilsLogger',
    'SingleThreadedExecutor', 'Subscription', 'Time', 'Timer', 'TopicEndpointInfo',
}  # fmt: skip


class Use(NamedTuple):
    """A name of rclpy: of a module (``rclpy.qos.QoSProfile``) or a member (``.publish``)."""

    name: str
    keywords: frozenset[str] = frozenset()


def guarded(tree: ast.AST) -> set[ast.AST]:
    """Return the nodes inside of ``try: ... except ImportError:``."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
        and any(ast.unparse(one.type or one) == 'ImportError' for one in node.handlers)
        for statement in node.body
        for inner in ast.walk(statement)
    }


def uses(text: str) -> Iterator[Use]:
    """Yield the names of rclpy in a file, those of functions with the keywords of a call."""
    tree = ast.parse(text)
    imported = {}
    for node in set(ast.walk(tree)) - guarded(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or '').split('.')[0] == 'rclpy':
            imported |= {
                alias.asname or alias.name: f'{node.module}.{alias.name}' for alias in node.names
            }
        elif isinstance(node, ast.Import):
            imported |= {alias.name: alias.name for alias in node.names if alias.name == 'rclpy'}
    if not imported:
        return
    yield from map(Use, imported.values())
    called = {node.func: node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Name, ast.Attribute)):
            continue
        first, *rest = ast.unparse(node).split('.')
        whole = '.'.join([imported.get(first, ''), *rest])
        call = called.get(node)
        keywords = frozenset(one.arg for one in call.keywords if one.arg) if call else frozenset()
        if isinstance(node, ast.Attribute) and not whole.startswith('rclpy.'):
            yield Use(f'.{node.attr}', keywords)
        elif whole.startswith('rclpy.'):
            yield Use(whole, keywords)


def members(table: dict) -> Iterator[tuple[str, list[str]]]:
    """Yield the members of ``CLASSES`` with their parameters; an attribute has none."""
    for key, parameters in table['functions'].items():
        kind, _, name = key.rpartition('.')
        if kind.rpartition('.')[2] in CLASSES:
            yield name, parameters


def accepts(table: dict, use: Use) -> bool:
    """Return whether a distribution has the name, and the keywords if it is a function."""
    module, _, name = use.name.rpartition('.')
    if use.name.startswith('.'):
        known = [parameters for member, parameters in members(table) if member == name]
        return any(takes(one, use) for one in known)
    modules = {name for one in TABLES.values() for name in one['modules']}
    if use.name in table['modules'] or module not in modules:
        return True  # a module, or a member of a class, as rclpy.qos.DurabilityPolicy.VOLATILE
    if name not in table['modules'].get(module, []):
        return False
    functions = table['functions'].items()
    known = [
        parameters
        for key, parameters in functions
        if key == use.name or key.endswith(f'.{name}.__init__')
    ]
    return not known or any(takes(one, use) for one in known)


def takes(parameters: list[str], use: Use) -> bool:
    """Return whether a function with these parameters can be called so."""
    return '**' in parameters or use.keywords <= set(parameters)


def faults(text: str) -> set[str]:
    """Return the uses that not all distributions have, each with the distributions."""
    anywhere = {name for table in TABLES.values() for name, _ in members(table)}
    return {
        f'{use.name}({", ".join(sorted(use.keywords))}) is not in {", ".join(lacking)}'
        for use in uses(text)
        if not use.name.startswith('.') or use.name[1:] in anywhere
        if (lacking := [name for name, table in TABLES.items() if not accepts(table, use)])
    }


def test_all_that_is_used_is_in_every_distribution():
    found = {str(path.relative_to(ROOT)): faults(path.read_text()) for path in FILES}
    assert not {file: said for file, said in found.items() if said}


def test_tables_of_the_distributions_that_are_alive_say_what_was_read():
    assert sorted(TABLES) == ['humble', 'jazzy', 'kilted', 'rolling']
    assert all(table['source'] for table in TABLES.values())


@pytest.mark.parametrize(
    ('line', 'fault'),
    [
        (
            'from rclpy.experimental import EventsExecutor',
            'rclpy.experimental.EventsExecutor() is not in humble, rolling',
        ),
        (
            'import rclpy; rclpy.init(patience=3)',
            'rclpy.init(patience) is not in humble, jazzy, kilted, rolling',
        ),
        (
            'from rclpy.node import Node; Node("a", enable_logger_service=True)',
            'rclpy.node.Node(enable_logger_service) is not in humble',
        ),
        (
            'import rclpy; node.create_publisher(A, "a", 1, colour=3)',
            '.create_publisher(colour) is not in humble, jazzy, kilted, rolling',
        ),
        (
            'import rclpy; node.add_post_set_parameters_callback(print)',
            '.add_post_set_parameters_callback() is not in humble',
        ),
    ],
)
def test_what_a_distribution_lacks_is_found(line, fault):
    assert faults(line) == {fault}


def test_what_compat_tries_may_be_missing():
    text = 'try:\n    from rclpy.experimental import New\nexcept ImportError:\n    pass\n'
    assert faults(text) == set()
