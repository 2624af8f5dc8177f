# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Fields of protobuf messages: what is written is read, and damage is an error."""

from hypothesis import given, strategies
import pytest

from rpi_classifier.models.protobuf import read_fields, write_field


@given(strategies.integers(1, 2**29 - 1), strategies.binary(max_size=300))
def test_what_was_written_is_read(number, content):
    message = memoryview(b'\x08\x96\x01' + write_field(number, content))
    first, second = read_fields(message)
    assert (first.number, first.value) == (1, 150)  # the example of protobuf's documentation
    assert (second.number, bytes(second.content)) == (number, content)
    assert (second.start, second.end) == (3, len(message))


def test_numbers_of_fixed_size_are_skipped():
    message = b'\x0d' + bytes(4) + b'\x11' + bytes(8) + write_field(3, 'ä'.encode())
    fields = list(read_fields(memoryview(message)))
    assert [field.number for field in fields] == [1, 2, 3]
    assert fields[2].text == 'ä'


@given(strategies.binary(max_size=100))
def test_any_bytes_are_fields_or_an_error(data):
    try:
        fields = list(read_fields(memoryview(data)))
    except ValueError:
        return
    assert sum(field.end - field.start for field in fields) == len(data)


@pytest.mark.parametrize('data', [b'\x08', b'\x0a\x05abc', b'\x0b', b'\xff' * 11])
def test_damage_is_an_error(data):
    with pytest.raises(ValueError, match='cut off|wire type|too many bytes'):
        list(read_fields(memoryview(data)))


def test_an_integer_has_no_content():
    (field,) = read_fields(memoryview(b'\x08\x01'))
    with pytest.raises(ValueError, match='field 1 is an integer'):
        _ = field.text
