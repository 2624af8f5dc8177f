# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""JSON of others: what exhausts the stack or the processor is refused like any mistake."""

import pytest

from rpi_classifier.models.bounded_json import parse_bounded_json


def test_values_come_back():
    assert parse_bounded_json('{"a": [1, 2.5, null, "b"]}') == {'a': [1, 2.5, None, 'b']}


def test_pairs_can_be_kept():
    assert parse_bounded_json('{"a": 1, "a": 2}', list) == [('a', 1), ('a', 2)]


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('[' * 1_000_000, 'nested too deeply'),
        ('{"a":' * 1_000_000, 'nested too deeply'),
        ('1' * 1_000_000, '1000000 digits'),
        ('[NaN]', 'NaN is not a number'),
        ('[-Infinity]', '-Infinity is not a number'),
        ('[1,\n 2 3]', 'line 2, column 4'),
        ('', 'line 1, column 1'),
    ],
)
def test_refusals_are_one_kind_of_error(text, said):
    with pytest.raises(ValueError, match=said):
        parse_bounded_json(text)
