# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A command line or a parameter file that ROS refuses ends a node with one sentence."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

import rclpy
from support.ros import start_with

from rpi_classifier.nodes.common.command_line import parse_command_line
from rpi_classifier.nodes.common.refused_arguments import explain_refusal


def explain(*words):
    """Return the sentence for words after --ros-args that rcl refuses."""
    words = ['--ros-args', *map(str, words)]
    context = rclpy.Context()
    with pytest.raises(Exception) as refusal:  # noqa: PT011 - rclpy has no common base for them
        rclpy.init(args=['node', *words], context=context)
    sentence = explain_refusal(parse_command_line(words), refusal.value)
    assert '.c:' not in sentence  # a place in the source of rcl
    assert '\n' not in sentence
    return sentence


@pytest.mark.parametrize(
    ('words', 'sentence'),
    [
        (['device:=/dev/video2'], 'write -p device:=/dev/video2, or -r device:=/dev/video2'),
        (['--params-fil', 'x'], "'--params-fil' is not an option that --ros-args has"),
        (['-p', 'top_k'], "'-p top_k' is not a parameter; write -p NAME:=VALUE"),
        (['-p', 'fps:='], "'-p fps:=' is not a parameter; write -p NAME:=VALUE"),
        (['--param', ':=3'], "'--param :=3' is not a parameter; write"),
        (['-p', 'a:b:c:=3'], "'-p a:b:c:=3' is not a parameter; write"),
        (['-p', 'a b:=3'], "'-p a b:=3' is not a parameter; write"),
        (['-p', 'a:=\udcff'], "'a:=\\udcff' is not UTF-8"),
        (['-p', 'device:=[1, a]'], 'is not a parameter (Sequence should be of same type'),
        (['-r', 'image'], "'-r image' is not a remapping; write -r NAME:=NEW_NAME"),
        (['-r', 'image:='], "'-r image:=' is not a remapping"),
        (['-r', '__node:=a/b'], 'write -r __node:=NAME, of letters, digits and _'),
        (['-r', '__ns:=robot1'], "'-r __ns:=robot1' is not absolute; write -r __ns:=/robot1"),
        (['-r', '__ns:=/1robot'], "namespace: '/1robot' is not a name; write names of letters"),
        (['--log-level', 'loud'], "'--log-level loud' is not a log level: "),
        (['-p'], "'-p' has nothing behind it"),
        (['--params-file'], "'--params-file' has nothing behind it"),
        (['--params-file', '/nowhere/p.yaml'], '/nowhere/p.yaml cannot be read: No such file'),
    ],
)
def test_malformed_arguments(words, sentence):
    assert sentence in explain(*words)


@pytest.mark.parametrize(
    ('content', 'sentence'),
    [
        ('camera:\n  device: x\n', 'Cannot have a value before ros__parameters at line 2; write'),
        ('camera:\n  ros__parameter:\n    fps: 3.0\n', 'before ros__parameters at line 3'),
        ('ros__parameters:\n  fps: 3.0\n', 'There are no node names before ros__parameters'),
        ('camera:\n  ros__parameters:\n    device:\n', 'No value at line 3'),
        ('camera:\n  ros__parameters:\n    device: [1, a]\n', 'Sequence should be of same type'),
        ('- a\n', 'Sequences cannot be key at line 1'),
    ],
)
def test_malformed_parameter_files(tmp_path, content, sentence):
    file = tmp_path / 'p.yaml'
    file.write_text(content)
    said = explain('--params-file', file)
    assert said.startswith(f'parameter file {file} has no parameters that ROS can read: ')
    assert sentence in said


@pytest.mark.parametrize(
    ('content', 'sentence'),
    [
        (b'camera: [1', "line 1: expected ',' or ']', but got '<stream end>'"),
        (b'camera:\n\tros__parameters:\n', 'line 2: found character'),
        (b'camera:\n  ros__parameters:\n    device: \xe9\n', 'unacceptable character'),
    ],
)
def test_parameter_files_that_are_not_yaml(tmp_path, content, sentence):
    file = tmp_path / 'p.yaml'
    file.write_bytes(content)
    assert f'parameter file {file} is not YAML: {sentence}' in explain('--params-file', file)


def test_a_folder_as_parameter_file(tmp_path):
    assert f'{tmp_path} is a folder, not a file' in explain('--params-file', tmp_path)


def test_a_node_ends_with_the_sentence_and_the_status_that_is_not_restarted():
    done = start_with('camera_node', '-p', 'top_k')
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "rpi_classifier: '-p top_k' is not a parameter; write -p NAME:=VALUE, the value in YAML"
    )
    assert 'Traceback' not in done.stderr
    assert done.stdout == ''
