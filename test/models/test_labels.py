# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Names of classes, out of files and lists."""

import os

import pytest

from rpi_classifier.errors import ModelError
from rpi_classifier.models.labels import check_label_list, check_labels, read_labels


@pytest.fixture
def written(tmp_path):
    """Return a writer of label files: text or bytes -> path."""

    def write(content):
        path = tmp_path / 'labels.txt'
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refusal(path):
    with pytest.raises(ModelError) as caught:
        read_labels(path)
    assert '\n' not in str(caught.value)
    assert str(path) in str(caught.value)
    assert str(caught.value).encode()
    return str(caught.value)


def test_labels_are_the_lines_of_a_file(tmp_path):
    path = tmp_path / 'labels.txt'
    path.write_text('cup\nÄpfel \ny\n', encoding='utf-8')
    assert read_labels(path) == ('cup', 'Äpfel', 'y')


@pytest.mark.parametrize('content', [b'', b'\n\n', b'\xff\xfe\x00', b'# nothing\n', b'[]', b'{}'])
def test_file_without_names_is_refused_by_its_path(written, content):
    assert 'labels.txt' in refusal(written(content))


def test_missing_file_is_refused_by_its_path(tmp_path):
    with pytest.raises(ModelError, match='nowhere.txt'):
        read_labels(tmp_path / 'nowhere.txt')


def test_named_pipe_is_refused_without_waiting_for_its_writer(tmp_path):
    path = tmp_path / 'pipe'
    os.mkfifo(path)
    assert 'is a named pipe' in refusal(path)
    assert 'is a folder' in refusal(tmp_path)


def test_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / 'huge.txt'
    with open(path, 'wb') as file:
        file.truncate(1 << 40)
    assert '1,099,511,627,776 bytes' in refusal(path)


@pytest.mark.parametrize(
    ('content', 'said'),
    [
        ('ant\nbee'.encode('utf-16'), 'UTF-16'),
        ('ant\nbee'.encode('utf-16-be'), 'line 1 has the byte 0x00'),
        ('ant\nbée\n'.encode('latin-1'), 'line 2 has the byte 0xE9'),
        (b'ant\nb\0e', 'line 2 has the byte 0x00'),
        (b'<!DOCTYPE html><html>', 'it is a web page'),
        (b'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n', 'git lfs pull'),
        (b'\x89PNG\r\n\x1a\n\0\0', 'it is an image'),
        (b'PK\3\4\0\0', 'zip archive'),
        (b'ant\nbe\x1b[31me', 'line 2'),
        ('ant\nb\u2028e'.encode(), 'line 2'),
        ('ant\nb\ufeffe'.encode(), 'U+FEFF'),
        (b'ant\n' + b'b' * 501, 'line 2: a name of 501 characters is too long'),
    ],
)
def test_what_is_not_plain_text_in_utf_8_is_told_by_its_place(written, content, said):
    assert said in refusal(written(content))


def test_number_of_labels_must_be_the_number_of_classes():
    check_labels(['a', 'b'], 2)
    with pytest.raises(ModelError, match='3 classes but 2 labels'):
        check_labels(['a', 'b'], 3)


def test_list_of_names_is_taken_as_it_is():
    assert check_label_list(['ant', 'no', '0']) == ('ant', 'no', '0')


@pytest.mark.parametrize(
    ('names', 'said'),
    [
        ([], 'no list of class names'),
        ('ant', 'no list of class names'),
        (['ant', False], 'class 1: False is not a string; put quotes around it'),
        (['ant', 1], 'class 1: 1 is not a string'),
        (['ant', None], 'class 1: None'),
        (['ant', ' '], 'class 1: the name is empty'),
        (['\ud800'], r'class 0: .*U\+D800'),
        (['a\nb'], r'U\+000A'),
    ],
)
def test_list_with_something_else_is_refused_by_its_place(names, said):
    with pytest.raises(ModelError, match=said):
        check_label_list(names)
