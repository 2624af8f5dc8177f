# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Values are changed in the text of a parameter file, and every other byte stays."""

from pathlib import Path

import pytest
import yaml

from rpi_classifier.deploy.entries import read_entries, values_for
from rpi_classifier.deploy.parameter_file import set_values
from rpi_classifier.errors import DeployError

NODE = '/classifier'
ROOT = Path(__file__).resolve().parents[2]
WANTED = {'model': '/home/pi/models/m.onnx', 'model_sha256': '0' * 64}
MODEL, SHA = 'model: /home/pi/models/m.onnx', f"model_sha256: '{'0' * 64}'"
HEAD = '/**/classifier:\n  ros__parameters:\n'
NEW = f'/classifier:\n  ros__parameters:\n    {MODEL}\n    {SHA}\n'


def test_shipped_file_keeps_everything_but_two_values():
    text = (ROOT / 'config' / 'classifier.yaml').read_text()
    expected = text.replace('model: mobilenet_v2\n', f'{MODEL}\n')
    expected = expected.replace("model_sha256: ''  ", f'{SHA}  ')
    assert set_values(text, NODE, WANTED) == expected


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        # Quotes, comments, other indentation, no value, no end of line.
        (f'{HEAD}    model: "a b"   # mine\n    top_k: 3\n',
         f'{HEAD}    {MODEL}   # mine\n    {SHA}\n    top_k: 3\n'),
        (f"{HEAD}      model_sha256:\n      model: 'it''s'", f'{HEAD}      {SHA}\n      {MODEL}'),
        (f'{HEAD}    model: # none\n    top_k: 3\n',
         f'{HEAD}    {MODEL} # none\n    {SHA}\n    top_k: 3\n'),
        (f'{HEAD}    model: >-\n      folded\n      name\n\n    # next\n    top_k: 3\n',
         f'{HEAD}    {MODEL}\n    {SHA}\n\n    # next\n    top_k: 3\n'),
        # Windows.
        (f'{HEAD}    model: a\n'.replace('\n', '\r\n'),
         f'{HEAD}    {MODEL}\n    {SHA}\n'.replace('\n', '\r\n')),
        # Braces, a mark of byte order, names in several levels.
        ('classifier: {ros__parameters: {model: a, top_k: 3}}\n',
         f'classifier: {{ros__parameters: {{{MODEL}, {SHA}, top_k: 3}}}}\n'),
        ('\ufeff/**:\n  ros__parameters:\n    model: a\n',
         f'\ufeff/**:\n  ros__parameters:\n    {MODEL}\n    {SHA}\n'),
        # A section without the model, an empty one, none.
        (f'{HEAD}    # about\n    top_k: 3\n',
         f'{HEAD}    # about\n    {MODEL}\n    {SHA}\n    top_k: 3\n'),
        (HEAD, f'{HEAD}    {MODEL}\n    {SHA}\n'),
        ('/**/classifier:\n  ros__parameters: {}\n',
         f'/**/classifier:\n  ros__parameters: {{{MODEL}, {SHA}}}\n'),
        ('/camera:\n  ros__parameters:\n    fps: 3.0\n',
         f'/camera:\n  ros__parameters:\n    fps: 3.0\n\n{NEW}'),
        ('# nothing yet', f'# nothing yet\n\n{NEW}'),
        ('', NEW),
        # The values that count are changed, those of other nodes and overruled ones stay.
        (f'/**:\n  ros__parameters:\n    model: a\n{HEAD}    model: b\n/other/classifier:\n'
         '  ros__parameters:\n    model: c\n',
         f'/**:\n  ros__parameters:\n    model: a\n{HEAD}    {MODEL}\n    {SHA}\n'
         '/other/classifier:\n  ros__parameters:\n    model: c\n'),
        (f'{HEAD}    model: a\n    model: b\n', f'{HEAD}    model: a\n    {MODEL}\n    {SHA}\n'),
    ],
)  # fmt: skip
def test_only_the_values_change(before, after):
    assert set_values(before, NODE, WANTED) == after
    assert set_values(after, NODE, WANTED) == after


def test_section_of_a_namespace_is_found_in_nested_names():
    text = 'robot1:\n  classifier:\n    ros__parameters:\n      model: a\n  camera: {}\n'
    changed = set_values(text, '/robot1/classifier', {'model': 'b'})
    assert changed == text.replace('model: a', 'model: b')


@pytest.mark.parametrize(
    'value',
    [
        'labels:   # mine\n    - a\n    - b\n',
        'labels: [a,\n      b]\n',
        'labels: |\n      a\n      b\n',
    ],
)
def test_lists_of_several_lines_become_one_value(value):
    changed = set_values(f'{HEAD}    {value}    # next\n    top_k: 3\n', NODE, {'labels': ''})
    comment = '   # mine' if 'mine' in value else ''
    assert changed == f"{HEAD}    labels: ''{comment}\n    # next\n    top_k: 3\n"


def test_tabs_behind_words_stay_as_libyaml_takes_them():
    text = f'{HEAD}    model:\ta\t# b\tc\n    top_k: 3\t\n'
    assert set_values(text, NODE, WANTED) == (
        f'{HEAD}    model:\t/home/pi/models/m.onnx\t# b\tc\n    {SHA}\n    top_k: 3\t\n'
    )


def test_map_of_groups_becomes_one_value():
    groups = '      cat: [tabby, lynx]  # both\n      dog:\n        - pug\n'
    text = f'{HEAD}    class_aliases:\n{groups}    top_k: 3\n'
    assert set_values(text, NODE, {'class_aliases': ''}) == (
        f"{HEAD}    class_aliases: ''\n    top_k: 3\n"
    )


@pytest.mark.parametrize(
    'path',
    ["/home/pi/it's", '/a b/ä.onnx', '/x: y', '/x # y', '/[x]', '/a, b', '/{x}', '/*x &y !z'],
)
@pytest.mark.parametrize(
    'text', [f'{HEAD}    model: a # b\n', 'classifier: {ros__parameters: {model: a}}\n']
)
def test_any_path_comes_back_as_it_was(text, path):
    changed = set_values(text, NODE, {'model': path})
    assert values_for(read_entries(changed), NODE)['model'].value == path
    assert yaml.safe_load(changed).popitem()[1]['ros__parameters']['model'] == path


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        ('a: [', 'is not understood: '),
        ('a: 1\n---\nb: 2\n', 'is not understood: '),
        (
            'x: &m mobilenet_v2\n' + HEAD + '    model: *m\n',
            'line 4 has an alias',
        ),
        (HEAD + '    model: &m a\n    labels: *m\n', 'cannot be changed safely'),
        ('- a list\n', 'cannot be changed safely'),
        (HEAD.replace('\n', '\r') + '    model: a\r    top_k: 3\r', 'cannot be changed safely'),
        (HEAD + '    model: !!python/tuple [a]\n', 'is not understood: '),
        (HEAD + '    model: a\n    labels: &l [*l]\n', 'is not understood: '),
        (
            f'{HEAD}    ? model\n    : a\n',
            'cannot be changed safely; write these lines for /class',
        ),
        ('{/camera: {ros__parameters: {}}}', 'cannot be changed safely'),
    ],
)
def test_text_that_cannot_be_changed_is_refused_in_one_sentence(text, words):
    with pytest.raises(DeployError) as caught:
        set_values(text, NODE, WANTED)
    assert words in str(caught.value)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize(
    'patterns', [('/classifier', '/**'), ('/**', '/classifier', '/**'), ('/*', 'classifier')]
)
def test_section_that_counts_is_the_one_that_counts_for_rcl(patterns, tmp_path):
    rclpy = pytest.importorskip('rclpy', reason='there is no ROS 2 here')
    text = ''.join(
        f"'{pattern}':\n  ros__parameters:\n    model: from_{number}\n"
        for number, pattern in enumerate(patterns)
    )
    (tmp_path / 'p.yaml').write_text(text)
    context = rclpy.Context()
    rclpy.init(context=context)
    try:
        node = rclpy.create_node(
            'classifier',
            context=context,
            cli_args=['--ros-args', '--params-file', str(tmp_path / 'p.yaml')],
            automatically_declare_parameters_from_overrides=True,
        )
        given = node.get_parameter('model').value
        node.destroy_node()
    finally:
        rclpy.shutdown(context=context)
    assert values_for(read_entries(text), NODE)['model'].value == given
