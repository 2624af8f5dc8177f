# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Scalars of YAML 1.2."""

import pytest
import yaml

from rpi_classifier.yaml_core import CoreLoader, read_number, read_numbers

NUMBERS = [
    ('30', 30), ('-7', -7), ('+7', 7), ('010', 10), ('0x1F', 31), ('0o17', 15),
    ('.5', 0.5), ('-.5', -0.5), ('1.', 1.0), ('1e-05', 1e-5), ('1.5e3', 1500.0), ('1E+2', 100.0),
]  # fmt: skip
OTHERS = ['', '-', '.', 'e5', '1_000', '1:30', '1,5', '.nan', 'inf', '0x', 'true', '1 2', '٣']


@pytest.mark.parametrize(('text', 'number'), NUMBERS)
def test_numbers_are_read_alike_in_a_text_and_in_a_file(text, number):
    for found in (read_number(text), yaml.load(text, Loader=CoreLoader)):
        assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize('text', OTHERS)
def test_other_words_are_no_numbers(text):
    assert read_number(text) is None


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('true', True),
        ('False', False),
        ('no', 'no'),
        ('~', None),
        ('a:', {'a': None}),
        ("'1'", '1'),
    ],
)
def test_other_scalars_are_those_of_the_core_schema(text, value):
    assert yaml.load(text, Loader=CoreLoader) == value


@pytest.mark.parametrize(
    ('text', 'numbers'),
    [
        ('0.5, 1 2e1', [0.5, 1.0, 20.0]),
        ('[0.5; (1)]', [0.5, 1.0]),
        ('', []),
        ('0.5 x', None),
    ],
)
def test_numbers_of_a_text_are_read_whatever_divides_them(text, numbers):
    assert read_numbers(text) == numbers
