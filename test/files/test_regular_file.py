# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Only files are opened; what would hang or never end is refused by its kind."""

import os
from pathlib import Path
import socket

import pytest

from rpi_classifier.errors import ImageError, ModelError
from rpi_classifier.files.regular_file import open_regular_file, read_regular_file


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def test_file_is_read_whole(tmp_path):
    (tmp_path / 'file').write_bytes(b'content')
    assert read_regular_file(tmp_path / 'file', 7, ImageError) == b'content'
    with open_regular_file(tmp_path / 'file', ImageError) as file:
        assert file.read(3) == b'con'


def test_link_to_a_file_is_followed(tmp_path):
    (tmp_path / 'file').write_bytes(b'content')
    (tmp_path / 'link').symlink_to('file')
    assert read_regular_file(tmp_path / 'link', 100, ImageError) == b'content'


@pytest.mark.parametrize(
    ('make', 'kind'),
    [(os.mkfifo, 'a named pipe'), (os.mkdir, 'a folder'), (make_socket, 'a socket')],
)
def test_what_is_no_file_is_refused_by_its_kind(tmp_path, make, kind):
    make(tmp_path / 'thing')
    with pytest.raises(ModelError, match=f'thing is {kind}, not a file'):
        read_regular_file(tmp_path / 'thing', 100, ModelError)


@pytest.mark.parametrize('path', ['/dev/zero', '/dev/null', '/dev/tty'])
def test_device_is_refused(path):
    with pytest.raises(ImageError, match=f'{path} (is a|cannot be read)'):
        read_regular_file(Path(path), 100, ImageError)


def test_file_larger_than_allowed_is_refused_by_its_size(tmp_path):
    with open(tmp_path / 'file', 'wb') as file:
        file.truncate(10**12)  # no byte of it is on the disk, nor read
    with pytest.raises(ImageError, match='1,000,000,000,000 bytes; expected at most 1,000'):
        read_regular_file(tmp_path / 'file', 1000, ImageError)


@pytest.mark.parametrize('path', ['/proc/self/status', '/proc/cpuinfo'])
def test_size_of_what_tells_none_is_limited_too(path):
    with pytest.raises(ImageError, match='expected at most 1'):
        read_regular_file(Path(path), 1, ImageError)


@pytest.mark.parametrize(
    ('path', 'words'),
    [
        ('https://example.org/a.jpg', 'https://example.org/a.jpg is an address.*download it'),
        ('rtsp://camera/stream', 'is an address'),
        ('missing.jpg', r'missing.jpg \(in /.*\) cannot be read: No such file'),
        ('zero\0byte', 'zero.x00byte .*cannot be read: embedded null'),
        ('x' * 300, 'cannot be read: File name too long'),
        (os.fsdecode(b'K\xfcche.jpg'), r'K\\xfcche.jpg .*cannot be read'),
    ],
)
def test_path_that_leads_nowhere_is_told(tmp_path, monkeypatch, path, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ImageError, match=words) as caught:
        read_regular_file(Path(path), 100, ImageError)
    str(caught.value).encode()


def test_link_that_leads_in_a_circle_or_nowhere_is_told(tmp_path):
    (tmp_path / 'circle').symlink_to('circle')
    (tmp_path / 'dangling').symlink_to('nothing')
    for name in ('circle', 'dangling'):
        with pytest.raises(ImageError, match=f'{name} cannot be read'):
            read_regular_file(tmp_path / name, 100, ImageError)
