# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which node is meant, and with which file it was started, from its command line."""

import base64

import pytest

from rpi_classifier.deploy.target import choose_process, find_params_file, processes_of
from rpi_classifier.errors import DeployError

WITH_MODEL = '/**/classifier:\n  ros__parameters:\n    model: m.onnx\n'
WITHOUT = '/**/classifier:\n  ros__parameters:\n    top_k: 3\n'


def process(*words, files=None, pid=7, launch=()):
    """Return a process as robot_look describes it."""
    found = [
        {'word': path, 'path': path, 'real': path, 'text': base64.b64encode(text.encode())}
        for path, text in (files or {}).items()
    ]
    given = [word for path in files or {} for word in ('--params-file', path)]
    command = ['/usr/bin/python3', '/x/classifier_node', '--ros-args', *given, *words]
    (result,) = processes_of(
        [
            {'pid': pid, 'executable': 'classifier_node', 'user': 'pi', 'open': True,
             'contained': False, 'words': command, 'files': found, 'launch_files': launch}
        ]
    )  # fmt: skip
    return result


@pytest.mark.parametrize(
    ('words', 'node'),
    [
        ((), '/classifier'),
        (('-r', '__ns:=/robot1'), '/robot1/classifier'),
        (('-r', '__node:=eye', '--remap', '__ns:=/a/b'), '/a/b/eye'),
        (('-r', 'classifier:__node:=eye', '-r', 'camera:__node:=lens'), '/eye'),
        (('--', '-r', '__ns:=/robot1'), '/classifier'),
    ],
)
def test_name_of_the_node_follows_its_remappings(words, node):
    assert process(*words).node == node


def test_one_of_several_nodes_must_be_named():
    several = [process(), process('-r', '__ns:=/robot1', pid=8)]
    assert choose_process([], '') is None
    assert choose_process(several[:1], '').pid == 7
    assert choose_process(several, 'robot1/classifier').pid == 8
    assert choose_process(several, '/x', must_run=False) is None
    for name, words in (('', 'choose one with --node'), ('/x', '--node: /x does not run there')):
        with pytest.raises(DeployError, match=words) as caught:
            choose_process(several, name)
        assert '/classifier (process 7) and /robot1/classifier (process 8)' in str(caught.value)


@pytest.mark.parametrize(
    ('files', 'launch', 'expected'),
    [
        ({'/a.yaml': WITHOUT}, (), '/a.yaml'),
        ({'/a.yaml': WITH_MODEL, '/b.yaml': WITHOUT}, (), '/a.yaml'),
        ({'/a.yaml': WITH_MODEL, '/b.yaml': WITH_MODEL}, (), '/b.yaml'),
        ({'/tmp/launch_params_x': WITH_MODEL}, ['/c.yaml'], '/c.yaml'),
        ({'/tmp/launch_params_x': WITHOUT, '/a.yaml': WITHOUT}, ['/c.yaml'], '/a.yaml'),
    ],
)
def test_file_that_gives_the_model_is_found(files, launch, expected):
    assert find_params_file(process(files=files, launch=launch)) == expected


@pytest.mark.parametrize(
    ('found', 'words'),
    [
        (None, 'no classifier runs there, so its parameter file is not known; give it with'),
        (process(), '/classifier .process 7. was started without a parameter file; give it with'),
        (process(files={'/a.yaml': WITHOUT, '/b.yaml': ''}), 'several files: /a.yaml, /b.yaml'),
    ],
)
def test_unclear_file_is_asked_for(found, words):
    with pytest.raises(DeployError, match=words):
        find_params_file(found)


def test_value_on_the_command_line_is_known_as_what_counts():
    found = process('-p', "model:='x.onnx'", files={'/a.yaml': WITH_MODEL})
    assert find_params_file(found) == '/a.yaml'
    assert found.find_source('model') == ''
