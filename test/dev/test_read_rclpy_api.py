# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The tables of rclpy's names."""

import json
from pathlib import Path
import subprocess
import sys

PROGRAM = Path(__file__).resolve().parents[2] / 'dev' / 'read_rclpy_api.py'
NODE = """
import sys
from rclpy.clock import Clock
LIMIT: int = 3
def spin(node, *, timeout_sec=None): pass
class Node:
    depth = 1
    def __init__(self, name, **options): pass
    def _hidden(self): pass
"""


def read(source, revision):
    command = [sys.executable, str(PROGRAM), str(source), revision]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def write_package(folder):
    folder.mkdir(parents=True)
    (folder / '__init__.py').write_text('from rclpy.node import Node\n')
    (folder / 'node.py').write_text(NODE)


EXPECTED = {
    'modules': {'rclpy': ['Node'], 'rclpy.node': ['Clock', 'LIMIT', 'Node', 'spin']},
    'functions': {
        'rclpy.node.spin': ['node', 'timeout_sec'],
        'rclpy.node.Node.depth': [],
        'rclpy.node.Node.__init__': ['self', 'name', '**'],
    },
}


def test_names_and_parameters_of_an_installed_rclpy(tmp_path):
    write_package(tmp_path / 'rclpy')
    found = read(tmp_path / 'rclpy', 'rclpy 1.0 from PyPI')
    assert found == {'source': 'rclpy 1.0 from PyPI', **EXPECTED}


def test_a_branch_of_the_repository_is_named_by_its_commit(tmp_path):
    def git(*arguments):
        who = ('-c', 'user.name=a', '-c', 'user.email=a@b.invalid')
        command = ['git', *who, '-C', str(tmp_path), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    write_package(tmp_path / 'rclpy' / 'rclpy')
    git('init', '-q')
    git('add', '.')
    git('commit', '-qm', 'x')
    assert read(tmp_path / '.git', 'HEAD') == {'source': git('rev-parse', 'HEAD'), **EXPECTED}
