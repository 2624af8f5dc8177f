# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Parameter files are read as rcl reads them."""

import os

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.node import Node

from rpi_classifier.config.parameter_sections import read_sections, section_of

PATTERNS = (
    'camera', '/camera', '/**', '/*', '**', '*', '/**/camera', '/*/camera', '*/camera',
    'robot1/camera', '/robot1/camera', '/robot1/*', '/robot1/**', '/**/*', '/*/*',
    '/**/robot1/**/camera', '/front', '/robot1/front',
)  # fmt: skip


@pytest.fixture
def write(tmp_path):
    """Return a writer of a parameter file."""

    def write(text):
        file = tmp_path / 'p.yaml'
        file.write_text(text)
        return str(file)

    return write


class Declaring(Node):
    """Declares what it is given."""

    def __init__(self, namespace, file):
        super().__init__(
            'camera',
            namespace=namespace,
            cli_args=['--ros-args', '--params-file', file],
            automatically_declare_parameters_from_overrides=True,
        )


@pytest.mark.parametrize('namespace', ['', '/robot1', '/fleet/robot1'])
def test_sections_match_the_nodes_to_which_rcl_gives_their_parameters(graph, write, namespace):
    for number, pattern in enumerate(PATTERNS):
        file = write(f"'{pattern}':\n  ros__parameters:\n    given{number}: 1\n")
        node = graph.add(Declaring(namespace, file))
        (section,) = read_sections(file)
        given = node.has_parameter(f'given{number}')
        assert section.matches(node.get_fully_qualified_name()) == given, pattern


def test_sections_may_be_nested_and_repeated(write):
    file = write(
        'robot1:\n  camera:\n    ros__parameters: {fps: 3, group: {a: 1, b: 2}}\n'
        'front:\n  ros__parameters: {x: !tag 1}\nfront:\n  ros__parameters: {y: 1}\n'
    )
    assert [(one.pattern, one.names) for one in read_sections(file)] == [
        ('/robot1/camera', ('fps', 'group.a', 'group.b')),
        ('/front', ('x',)),
        ('/front', ('y',)),
    ]


def test_a_pipe_is_not_read_a_second_time(tmp_path):
    os.mkfifo(tmp_path / 'pipe')
    assert read_sections(str(tmp_path / 'pipe')) is None


def test_a_parameter_of_the_command_line_is_for_all_nodes_or_for_the_one_before_its_name():
    assert section_of('fps:=3').matches('/robot1/camera')
    assert section_of('camera:fps:=3').matches('/camera')
    assert not section_of('camera:fps:=3').matches('/robot1/camera')
    assert section_of('camera:fps:=a:b').names == ('fps',)
