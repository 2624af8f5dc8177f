# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Names of classes."""

import pytest

from rpi_classifier.errors import ModelError
from rpi_classifier.models.labels import check_labels, read_labels


def test_labels_are_the_lines_of_a_file(tmp_path):
    path = tmp_path / 'labels.txt'
    path.write_text('cup\nÄpfel \ny\n', encoding='utf-8')
    assert read_labels(path) == ('cup', 'Äpfel', 'y')


@pytest.mark.parametrize('content', [b'', b'\n\n', b'\xff\xfe\x00'])
def test_file_without_names_is_refused_by_its_path(tmp_path, content):
    path = tmp_path / 'labels.txt'
    path.write_bytes(content)
    with pytest.raises(ModelError, match='labels.txt'):
        read_labels(path)


def test_missing_file_is_refused_by_its_path(tmp_path):
    with pytest.raises(ModelError, match='nowhere.txt'):
        read_labels(tmp_path / 'nowhere.txt')


def test_number_of_labels_must_be_the_number_of_classes():
    check_labels(['a', 'b'], 2)
    with pytest.raises(ModelError, match='3 classes but 2 labels'):
        check_labels(['a', 'b'], 3)
