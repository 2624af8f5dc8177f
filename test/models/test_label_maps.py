# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Class names in JSON, YAML and Python."""

import json
import random

import pytest
from support.refusals import outcome

from rpi_classifier.errors import ModelError
from rpi_classifier.models.label_entries import order_entries
from rpi_classifier.models.label_maps import parse_label_map


def names(text):
    return order_entries(parse_label_map(text))


def names_or_none(text):
    entries = parse_label_map(text)
    return None if entries is None else order_entries(entries)


@pytest.mark.parametrize(
    'text',
    [
        '["ant", "bee", "cat"]',
        '{"0": "ant", "1": "bee", "2": "cat"}',
        '{"2": "cat", "0": "ant", "1": "bee"}',
        '{"cat": 2, "ant": 0, "bee": 1}',
        '{"0": ["n02219486", "ant"], "1": ["n02206856", "bee"], "2": ["n02121808", "cat"]}',
        "{0: 'ant',\n 2: 'cat',\n 1: 'bee'}",
        "['ant', 'bee', 'cat',]",
        '{"names": ["ant", "bee", "cat"], "version": 3}',
        '{"id2label": {"0": "ant", "1": "bee", "2": "cat"}, "label2id": {"ant": 0, "bee": 1, '
        '"cat": 2}, "layers": [1, 2]}',
        'path: data\nnc: 3\nnames:\n  0: ant\n  1: bee\n  2: cat\n',
        'names: [ant, bee, cat]\n',
        '# YOLO\nnames:\n- ant\n- bee\n- cat\nnc: 3\n',
        "names: ['ant', 'bee',\n  'cat']\n",
        'class_to_idx: {cat: 2, ant: 0, bee: 1}\n',
    ],
)
def test_every_way_to_write_three_names_gives_them_in_order(text):
    assert names(text) == ('ant', 'bee', 'cat')


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('names: [no, on, 1, 1e3, ~]', ('no', 'on', '1', '1e3', '~')),
        ('{"0": "0", "1": "1"}', ('0', '1')),
        ('{"7": 0, "3": 1}', ('7', '3')),
        ('["\\ud83d\\ude00"]', ('\U0001f600',)),
        ('{"crane": 0, "crane": 1}', ('crane', 'crane')),
    ],
)
def test_names_are_kept_as_they_are(text, expected):
    assert names(text) == expected


def test_lines_are_left_to_others():
    assert parse_label_map('ant\nbee') is None
    assert parse_label_map('0: ant\n1: bee') is None


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('["ant", "bee"', 'it begins as JSON, but is not: .*line 1, column'),
        ('["ant",\n"bee" "cat"]', 'line 2 lacks a comma before "cat"'),
        ('["ant", ""]', 'class 1: the name is empty'),
        ('["ant", 1]', 'class 1: 1 is not a string'),
        ('["ant", ["bee", "cat"]]', 'not a pair of synset and name'),
        ('["\\ud800"]', r'class 0: .*U\+D800'),
        ('{"0": "ant", "0": "bee"}', "index 0 is given twice, the first time for 'ant'"),
        ('{0: "ant",\n 2: "bee"}', 'line 2: index 2'),
        ('{"ant": 0, "bee": 2}', 'index 2 is not below'),
        ('{"ant": 0.5}', 'neither'),
        ('{"ant": true}', 'neither'),
        ('{"0": "1", "1": "2", "2": "0"}', 'both could be the indices'),
        ('{"ant": {"bee": 0}}', 'neither'),
        ('{"id2label": {"0": "ant"}, "label2id": {"bee": 0}}', 'id2label and label2id'),
        ('names: [ant]\nnames: [bee]', 'names is given twice'),
        ('nc: 3\nnames: [ant, bee]', "nc is '3', but there are 2 names"),
        ('names:\n  0: ant\n  0: bee\n', 'line 3: index 0 is given twice'),
        ('names: data/coco.names', 'neither'),
        ('names: [ant, bee\n', 'line 2 is not YAML'),
        ('a: &a [x]\nnames: [*a, *a]', 'line 1 is used again by an alias'),
        ('names: &a [*a]', 'alias'),
        ('[__import__("os")]', 'expression of Python'),
        ('[' * 100_000, 'JSON'),
        ('{"a":' * 100_000, 'JSON'),
        ('names: ' + '[' * 5_000, 'nested too deeply'),
        ('[1' + '0' * 5_000 + ']', 'digits'),
    ],
)
def test_what_is_damaged_or_ambiguous_is_refused(text, said):
    with pytest.raises(ModelError, match=said) as caught:
        names(text)
    assert '\n' not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_no_text_raises_anything_but_a_sentence():
    generator = random.Random(3)
    pieces = [*'{}[]"\':,01\n a', 'names:', '&a', '*a']
    for _ in range(3000):
        text = ''.join(generator.choices(pieces, k=generator.randrange(30)))
        found, refusal = outcome(names_or_none, text)
        assert '\n' not in refusal
        assert all(map(str.strip, found or ()))


def test_any_json_is_read_or_refused():
    generator = random.Random(4)

    def value(depth):
        kinds = [0, 1, 1.5, 'ant', '0', '', None, True, 'n01', -1]
        if depth and generator.random() < 0.6:
            inner = [value(depth - 1) for _ in range(generator.randrange(4))]
            keys = generator.choices(['0', '1', '2', 'ant', 'names', 'nc', 'id2label'], k=4)
            return inner if generator.random() < 0.5 else dict(zip(keys, inner))
        return generator.choice(kinds)

    for _ in range(2000):
        found, refusal = outcome(names_or_none, json.dumps(value(3)))
        assert '\n' not in refusal
        assert all(map(str.strip, found or ()))
