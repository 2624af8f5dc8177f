# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The rules of import: arrows between rooms point down, and heavy packages stay in their rooms."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / 'rpi_classifier'
FILES = sorted(PACKAGE.rglob('*.py'))

# Rooms from the top of the page down; a file imports from its own room and those below it.
GROUND = ('config', 'bringup', 'files', 'images', 'ground')
PAGE = (
    'face', 'cli', 'nodes', 'live', 'deploy', 'training', 'collect', 'benchmark', 'inference',
    'doctor', 'models', 'camera', 'probes', 'runtime', 'ground',
)  # fmt: skip
PROBE_STARTER = 'probes/run_probe.py'
ROS = {
    'ament_index_python', 'builtin_interfaces', 'cv_bridge', 'diagnostic_msgs', 'lifecycle_msgs',
    'rcl_interfaces', 'rclpy', 'rosgraph_msgs', 'sensor_msgs', 'std_msgs', 'std_srvs',
    'vision_msgs',
}  # fmt: skip
LAUNCH = {'launch', 'launch_ros'}
TORCH = {'torch', 'torchvision', 'torchao', 'executorch'}
TORCH_FILES = {
    'runtime/torchscript.py', 'runtime/engines.py', 'runtime/kernels.py', 'runtime/qint8.py',
    'runtime/torch_input.py', 'runtime/usual_spread.py', 'runtime/script_headroom.py',
    'runtime/executorch.py', 'benchmark/tutorial.py', 'benchmark/compare_kernels.py',
    '__init__.py',  # for types only
}  # fmt: skip


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names of modules, and of what is taken from them, anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f'{node.module}.{alias.name}' for alias in node.names)


def file_of(name: str, package: Path = PACKAGE) -> str | None:
    """Return the file of the package that a dotted name means; None if it means none."""
    first, *parts = name.split('.')
    if first != package.name:
        return None
    path = package.joinpath(*parts)
    if path.with_suffix('.py').is_file() and parts:
        return str(path.with_suffix('.py').relative_to(package))
    return str((path / '__init__.py').relative_to(package)) if path.is_dir() and parts else None


def arrows(package: Path = PACKAGE) -> dict[str, set[str]]:
    """Return what each file imports of the package's other files."""
    return {
        (own := str(path.relative_to(package))): {
            file
            for name in imported(ast.parse(path.read_text()))
            if (file := file_of(name, package)) and file != own
        }
        for path in sorted(package.rglob('*.py'))
    }


def room_of(file: str) -> str:
    """Return the room of a file, as it stands in ``PAGE``."""
    if file == '__init__.py':
        return 'face'  # what programs of others import; it imports the rest when it is used
    room = file.split('/')[0] if '/' in file else 'ground'
    return 'ground' if room in GROUND else room


def faults(found: dict[str, set[str]]) -> list[str]:
    """Return the arrows that break the rules, each as a sentence."""
    said = []
    for file, targets in found.items():
        for target in sorted(targets):
            room, other = room_of(file), room_of(target)
            if other == 'probes' and target not in (PROBE_STARTER, 'probes/__init__.py'):
                said.append(f'{file} imports the probe {target}; nobody imports a probe')
            elif room == 'probes' and file != PROBE_STARTER:
                continue  # a probe may import anything
            elif PAGE.index(room) > PAGE.index(other):
                said.append(f'{file} ({room}) imports {target} ({other}), which is above it')
    return [*said, *circles(found)]


def circles(found: dict[str, set[str]]) -> list[str]:
    """Return the circles of files that import each other, each as a sentence."""
    done: set[str] = set()
    said: list[str] = []

    def visit(file: str, path: tuple[str, ...]) -> None:
        if file in path:
            said.append('circle: ' + ' -> '.join([*path[path.index(file) :], file]))
        elif file not in done:
            for target in sorted(found.get(file, ())):
                visit(target, (*path, file))
            done.add(file)

    for file in found:
        visit(file, ())
    return said


def test_arrows_point_down_the_page_and_make_no_circle():
    assert faults(arrows()) == []


@pytest.mark.parametrize(
    ('file', 'line', 'said'),
    [
        ('runtime/base.py', 'from rpi_classifier.models import zoo', 'models), which is above it'),
        ('frame.py', 'import rpi_classifier.camera.source', 'camera), which is above it'),
        ('camera/source.py', 'from rpi_classifier.probes import torch_probe', 'imports a probe'),
        ('config/camera.py', 'from rpi_classifier.runtime import base', 'which is above it'),
        ('frame.py', 'def f():\n    from rpi_classifier.nodes import node', 'which is above it'),
        ('errors.py', 'import rpi_classifier.latest\n', 'circle: '),
    ],
)
def test_a_broken_arrow_is_found(tmp_path, file, line, said):
    package = tmp_path / 'rpi_classifier'
    sound = {
        'frame.py': '', 'errors.py': '', 'latest.py': 'from rpi_classifier.errors import X',
        'camera/source.py': 'from rpi_classifier.frame import Frame', 'config/camera.py': '',
        'models/zoo.py': '', 'nodes/node.py': 'import rpi_classifier.camera.source',
        'probes/torch_probe.py': 'from rpi_classifier.models import zoo',
        'probes/run_probe.py': '', 'runtime/base.py': 'from rpi_classifier import frame',
    }  # fmt: skip
    for name, text in sound.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    assert faults(arrows(package)) == []
    (package / file).write_text(line)
    assert any(said in fault for fault in faults(arrows(package)))


@pytest.mark.parametrize('path', FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_packages_stay_in_their_rooms(path):
    file = str(path.relative_to(PACKAGE))
    room = file.split('/')[0]
    roots = {name.split('.')[0] for name in imported(ast.parse(path.read_text()))}
    if file == 'files/paths.py':
        roots.discard('ament_index_python')  # for package://, where it is installed
    if room not in ('nodes', 'probes'):
        assert not roots & ROS, 'ROS belongs in nodes/ and probes/'
    if room != 'bringup':
        assert not roots & LAUNCH, 'launch belongs in launch/ and bringup/'
    if room not in ('models', 'training', 'probes') and file not in TORCH_FILES:
        assert not roots & TORCH, 'torch belongs in models/, its runtimes and what compares them'
    if file not in ('camera/v4l2_camera.py', 'camera/files.py', 'probes/opencv_probe.py'):
        assert 'VideoCapture' not in path.read_text(), 'OpenCV reads devices in camera/ only'


def test_public_functions_of_one_name_mean_one_thing():
    homes: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name[0] != '_':
                homes.setdefault(node.name, []).append(str(path.relative_to(PACKAGE)))
    shared = {name: files for name, files in homes.items() if len(files) > 1}
    del shared['main'], shared['arguments']  # every command has them
    assert shared == {}
