# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Files are written as a whole, and a place where none can be written is told beforehand."""

import errno
import os
from pathlib import Path
from threading import Barrier, Thread

import pytest
from support.disks import full_after

from rpi_classifier.files.output_file import explain_unwritable, write_new_file, write_whole_file


def test_asking_leaves_nothing_behind_and_an_older_file_as_it_is(tmp_path):
    path = tmp_path / 'table.md'
    assert explain_unwritable(path) == ''
    assert list(tmp_path.iterdir()) == []
    path.write_text('old')
    assert explain_unwritable(path) == ''
    assert path.read_text() == 'old'
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ('place', 'words'),
    [
        ('folder', 'folder is a folder; name a file in it'),
        ('nowhere/t.md', 'nowhere is not a folder; make it first'),
        ('file/t.md', 'file is not a folder; make it first'),
        ('pipe', 'pipe is a named pipe; name a file'),
        ('dangling', 'gone is not a folder; make it first'),
        ('n' * 253, 'cannot be written: File name too long; name another place'),
        ('n' * 300, 'cannot be written: File name too long; name another place'),
        ('/proc/t.md', '/proc/t.md cannot be written: '),
        ('/dev/full', '/dev/full is a device; name a file'),
    ],
)
def test_place_where_no_file_can_be_written_is_told(tmp_path, place, words):
    (tmp_path / 'folder').mkdir()
    (tmp_path / 'file').touch()
    os.mkfifo(tmp_path / 'pipe')
    (tmp_path / 'dangling').symlink_to('gone/t.md')
    assert words in explain_unwritable(tmp_path / place)


@pytest.mark.skipif(os.geteuid() == 0, reason='nothing is forbidden to root')
def test_folder_that_may_not_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    assert 'cannot be written: Permission denied' in explain_unwritable(tmp_path / 't.md')


def test_relative_path_is_told_with_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert explain_unwritable(Path('a/t.md')) == f'{tmp_path}/a is not a folder; make it first'


def test_full_disk_is_told_and_leaves_an_older_file_and_nothing_half_written(tmp_path):
    path = tmp_path / 'table.md'
    write_whole_file(b'old', path)
    with full_after(10):
        told = explain_unwritable(path)
        with pytest.raises(OSError, match='File too large'):
            write_whole_file(bytes(100), path)
    assert 'cannot be written: File too large' in told
    assert path.read_bytes() == b'old'
    assert list(tmp_path.iterdir()) == [path]


def test_link_stays_a_link(tmp_path):
    (tmp_path / 'link').symlink_to('table.md')
    write_whole_file(b'new', tmp_path / 'link')
    assert (tmp_path / 'link').is_symlink()
    assert (tmp_path / 'table.md').read_bytes() == b'new'


def test_a_new_file_overwrites_nothing_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / 'photo.jpg'
    write_new_file(b'first', path)
    with pytest.raises(FileExistsError):
        write_new_file(b'second', path)
    (tmp_path / 'dangling').symlink_to('nowhere')
    with pytest.raises(FileExistsError):
        write_new_file(b'third', tmp_path / 'dangling')
    assert path.read_bytes() == b'first'
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ['dangling', 'photo.jpg']


def test_of_many_writers_of_one_new_file_exactly_one_succeeds(tmp_path):
    barrier, done = Barrier(8), []

    def write(number):
        barrier.wait()
        try:
            write_new_file(bytes([number]) * 100_000, tmp_path / 'photo.jpg')
        except FileExistsError:
            return
        done.append(number)

    writers = [Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    (winner,) = done
    assert (tmp_path / 'photo.jpg').read_bytes() == bytes([winner]) * 100_000
    assert len(list(tmp_path.iterdir())) == 1


def test_a_new_file_on_a_disk_without_links_is_exclusive_too(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, 'link', refuse)  # FAT cannot be mounted by a test
    path = tmp_path / 'photo.jpg'
    write_new_file(b'first', path)
    with pytest.raises(FileExistsError):
        write_new_file(b'second', path)
    assert path.read_bytes() == b'first'
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_nothing_of_a_new_file(tmp_path):
    with full_after(1000), pytest.raises(OSError, match='too large'):
        write_new_file(bytes(2000), tmp_path / 'photo.jpg')
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_may_be_private(tmp_path):
    write_new_file(b'', tmp_path / 'photo.jpg', 0o600)
    assert (tmp_path / 'photo.jpg').stat().st_mode & 0o777 == 0o600
