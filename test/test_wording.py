# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What others send is short and printable in sentences."""

import os
from pathlib import Path

import pytest

from rpi_classifier.wording import printable_path, quote


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('bgr8', "'bgr8'"),
        ('two\nlines', r"'two\nlines'"),
        ('\x1b[31m', r"'\x1b[31m'"),
        ('\udcff', r"'\udcff'"),
        ('x' * 1000, f"'{'x' * 80}'... (1000 characters)"),
    ],
)
def test_text_is_quoted_escaped_and_shortened(text, expected):
    assert quote(text) == expected


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        (b'photo.jpg', 'photo.jpg'),
        ('Küche.jpg'.encode(), 'Küche.jpg'),
        (b'K\xfcche.jpg', r'K\xfcche.jpg'),
        (b'a\nb\x1b.jpg', r'a\nb\x1b.jpg'),
    ],
)
def test_path_is_printable_whatever_bytes_it_has(name, expected):
    path = Path(os.fsdecode(name))
    assert printable_path(path) == expected
    printable_path(path).encode()
