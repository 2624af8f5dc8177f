# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Class names as lines of text: what is read, and what could be read in two ways."""

import random

import pytest
from support.refusals import outcome

from rpi_classifier.errors import ModelError
from rpi_classifier.models.label_entries import order_entries
from rpi_classifier.models.label_lines import parse_label_lines


def names(text):
    return order_entries(parse_label_lines(text))


@pytest.mark.parametrize(
    'text',
    [
        'ant\nbee\ncat',
        'ant\r\nbee\r\ncat\r\n',
        'ant\rbee\rcat',
        '# insects\n\nant\nbee\n\n  cat  \n\n',
        '- ant\n- bee\n- cat',
        '"ant"\n"bee"\n"cat"',
        '0 ant\n1 bee\n2 cat',
        '2 cat\n0 ant\n1 bee',
        '0: ant\n1: bee\n2: cat',
        '0\tant\n1\tbee\n2\tcat',
        '0. ant\n1. bee\n2. cat',
        '0.ant\n1.bee\n2.cat',
        '(0) ant\n(1) bee\n(2) cat',
        '0 -> ant\n1 -> bee\n2 -> cat',
        '00 ant\n01 bee\n02 cat',
        '0,ant\n1,bee\n2,cat',
        '"0","ant"\n"1","bee"\n"2","cat"',
        'index,name\n1,bee\n0,ant\n2,cat',
        'ID;Label\n1;bee\n0;ant\n2;cat',
        ',name\n0,ant\n1,bee\n2,cat',
        'ant,0\nbee,1\ncat,2',
        'name,id\nbee,1\nant,0\ncat,2',
        'cat: 2\nant: 0\nbee: 1',
        "0: 'ant',\n1: 'bee',\n2: 'cat',",
        'n02219486 ant\nn02206856 bee\nn02121808 cat',
        '1 n02206856 bee\n0 n02219486 ant\n2 n02121808 cat',
    ],
)
def test_every_way_to_write_three_names_gives_them_in_order(text):
    assert names(text) == ('ant', 'bee', 'cat')


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('7\n3', ('7', '3')),
        ('0 0\n1 1', ('0', '1')),
        ('cola\n7 up', ('cola', '7 up')),
        ('class 0\nclass 1', ('class 0', 'class 1')),
        ('001.ak47\n002.flag', ('001.ak47', '002.flag')),
        ('n01440764\nn01443537', ('n01440764', 'n01443537')),
        ('tench, Tinca tinca\ncrane', ('tench, Tinca tinca', 'crane')),
        ('n01440764 tench, Tinca tinca\nn01443537 fish', ('tench, Tinca tinca', 'fish')),
        ('0,"tench, Tinca tinca"\n1,crane', ('tench, Tinca tinca', 'crane')),
        ('0,tench, Tinca tinca\n1,crane', ('tench, Tinca tinca', 'crane')),
        ('0,"6"" nail"\n1,crane', ('6" nail', 'crane')),
        ('0 3D printer\n1 7 up', ('3D printer', '7 up')),
        ('C#\nÄpfel', ('C#', 'Äpfel')),
        ('crane\ncrane', ('crane', 'crane')),  # ImageNet has two
    ],
)
def test_names_are_kept_as_they_are(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('0 ant\n2 bee', 'line 2: index 2 .*index 1 is missing'),
        ('1 ant\n2 bee', 'line 2: index 2 .*index 0 is missing'),
        ('100 m\n200 m', 'line 1: index 100'),
        ('0 ant\n1 bee\n1 cat', "line 3: index 1 is given twice, the first time for 'bee'"),
        ('0 ant\nbee\n2 cat', "line 2: 'bee' lacks an index"),
        ('0 ant\n1:\n2 cat', "line 2: '1:' lacks an index or a name"),
        ('ant,0\nbee\ncat,2', "line 2: 'bee' lacks an index"),
        ('ant 0\nbee 1', 'line 1: "ant 0" may be class'),
        ('bee 1\nant 0', 'line 1: "bee 1" may be class'),
        ('0,1\n1,2\n2,0', 'line 1: .* number on either side'),
        ('0,ant,n02219486\n1,bee,n02206856', 'line 1: .*more than two columns'),
        ('n02119789 1 fox\nn02100735 2 setter', 'line 2: index 2'),
        ('ant\tinsect\nbee\tinsect', r'line 1: .*U\+0009'),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_by_its_line(text, said):
    with pytest.raises(ModelError, match=said):
        names(text)


def test_any_order_of_numbered_lines_gives_the_same_names():
    generator = random.Random(1)
    for size in range(1, 60):
        expected = tuple(f'class {generator.randrange(9)} of {index}' for index in range(size))
        lines = list(enumerate(expected))
        generator.shuffle(lines)
        mark = generator.choice([' ', ': ', ',', ';', '\t', ' = ', '. '])
        text = '\n'.join(f'{index}{mark}{name}' for index, name in lines)
        assert names(text) == expected


def test_no_text_raises_anything_but_a_sentence():
    generator = random.Random(2)
    pieces = [*'01 ,:"\'\n\t#-.', '12', 'ant', 'n02219486']
    for _ in range(3000):
        text = ''.join(generator.choices(pieces, k=generator.randrange(30)))
        found, refusal = outcome(names, text)
        assert '\n' not in refusal
        assert all(map(str.strip, found or ()))
