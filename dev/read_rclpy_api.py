# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Lists the names of a distribution's rclpy from its source, for test/nodes/test_compat.py.

usage: dev/read_rclpy_api.py SOURCE REVISION >test/fixtures/rclpy_api/DISTRIBUTION.json

SOURCE is a git directory of ros2/rclpy, and REVISION a branch or commit of it; or SOURCE is the
folder of an installed rclpy, and REVISION says which one that is. The table has what each public
module defines or imports, and the parameters of each function and method. It has no source.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

FOLDER = 'rclpy/rclpy/'  # in the repository
LEFT_OUT = ('action', 'test')


def git(folder: str, *arguments: str) -> str:
    """Return what git prints about a git directory."""
    command = ['git', '--git-dir', folder, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sources(source: str, revision: str) -> dict[str, ast.Module]:
    """Return the modules by their dotted names."""
    folder = Path(source)
    if (folder / '__init__.py').is_file():
        files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob('*.py')}
    else:
        listed = git(source, 'ls-tree', '-r', '--name-only', revision, FOLDER).splitlines()
        files = {
            name.removeprefix(FOLDER): git(source, 'show', f'{revision}:{name}')
            for name in listed
            if name.endswith('.py')
        }
    return {
        '.'.join(['rclpy', *Path(name).with_suffix('').parts]).removesuffix('.__init__'): tree
        for name, tree in ((name, ast.parse(text)) for name, text in sorted(files.items()))
        if not name.startswith(LEFT_OUT)
    }


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return the names of a function's parameters; ``**`` stands for any keyword."""
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return names + (['**'] if given.kwarg else [])


def defined(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Yield the names that a module or class defines or takes from rclpy, each with its node."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node
        elif isinstance(node, ast.ImportFrom) and (
            node.level or (node.module or '').startswith('rclpy')
        ):
            yield from ((alias.asname or alias.name, node) for alias in node.names)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((one.id, node) for one in targets if isinstance(one, ast.Name))
        elif isinstance(node, (ast.If, ast.Try)):
            yield from defined(node.body)


def table(modules: dict[str, ast.Module]) -> dict[str, Any]:
    """Return the names of each module, and the parameters of each function and method."""
    names: dict[str, list[str]] = {}
    functions: dict[str, list[str]] = {}
    for module, tree in modules.items():
        found = dict(defined(tree.body))
        names[module] = sorted(name for name in found if not name.startswith('_'))
        for name, node in found.items():
            if isinstance(node, ast.FunctionDef):
                functions[f'{module}.{name}'] = parameters(node)
            elif isinstance(node, ast.ClassDef) and not name.startswith('_'):
                for method, inner in defined(node.body):
                    if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) and (
                        method == '__init__' or not method.startswith('_')
                    ):
                        functions[f'{module}.{name}.{method}'] = parameters(inner)
                    elif not isinstance(inner, ast.FunctionDef) and not method.startswith('_'):
                        functions[f'{module}.{name}.{method}'] = []
    return {'modules': names, 'functions': functions}


def main() -> None:
    """Print the table of the source that the command line names, one entry a line."""
    source, revision = sys.argv[1:]
    is_git = not (Path(source) / '__init__.py').is_file()
    commit = git(source, 'rev-parse', revision).strip() if is_git else ''
    read = table(sources(source, commit or revision))
    lines = [f'"source": {json.dumps(commit or revision)}']
    for part, entries in read.items():
        rows = ',\n'.join(f'  {json.dumps(key)}: {json.dumps(it)}' for key, it in entries.items())
        lines.append(f'"{part}": {{\n{rows}\n}}')
    print('{\n' + ',\n'.join(lines) + '\n}')


if __name__ == '__main__':
    main()
