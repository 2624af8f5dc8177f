# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Photos are added to the folder of a class: whole, under new names, whoever else adds some."""

from pathlib import Path
import subprocess
import sys
import unicodedata

import pytest
from support.disks import full_after
from support.refusals import outcome

from rpi_classifier.collect.class_folders import count_photos
from rpi_classifier.collect.folder import (
    check_class_name,
    check_output_folder,
    ClassFolder,
)
from rpi_classifier.errors import ConfigError, OutputError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize('name', ['cup', 'tabby, tiger cat', 'Tasse à café', '杯子', 'train', '7'])
def test_class_may_have_any_name_of_a_folder(name):
    assert check_class_name(f' {unicodedata.normalize("NFD", name)} ') == name


@pytest.mark.parametrize(
    ('name', 'said'),
    [
        ('', 'the name is empty'),
        ('  ', 'the name is empty'),
        ('a/b', "'a/b' has a slash"),
        ('a\\b', 'has a slash'),
        ('..', 'begins with a dot'),
        ('.hidden', 'begins with a dot'),
        ('two\nlines', 'control characters'),
        ('\udcff', 'control characters'),
        ('é' * 200, 'takes 400 bytes; the name of a folder has at most 255'),
    ],
)
def test_name_that_no_folder_can_have_is_refused_in_one_sentence(name, said):
    _, refusal = outcome(check_class_name, name)
    assert refusal.startswith('class: ')
    assert said in refusal
    assert refusal.isprintable()


def test_names_go_on_from_the_highest_number_and_nothing_is_overwritten(tmp_path):
    (tmp_path / 'cup').mkdir()
    (tmp_path / 'cup' / 'photo_00007.png').write_bytes(b'mine')
    (tmp_path / 'cup' / 'holiday.jpg').write_bytes(b'mine')
    folder = ClassFolder(tmp_path, 'cup')
    assert folder.add(b'one').name == 'photo_00008.jpg'
    (tmp_path / 'cup' / 'photo_00009.jpg').write_bytes(b'mine')
    assert folder.add(b'two').name == 'photo_00010.jpg'
    assert (tmp_path / 'cup' / 'photo_00009.jpg').read_bytes() == b'mine'
    assert len(names(tmp_path / 'cup')) == 5


def test_folders_are_made_with_the_first_photo_only(tmp_path):
    folder = ClassFolder(tmp_path / 'photos', 'cup')
    assert not (tmp_path / 'photos').exists()
    folder.add(b'one')
    assert names(tmp_path / 'photos' / 'cup') == ['photo_00001.jpg']


def test_a_folder_that_macos_named_is_that_of_the_class(tmp_path):
    (tmp_path / unicodedata.normalize('NFD', 'café')).mkdir()
    ClassFolder(tmp_path, 'café').add(b'one')
    assert len(names(tmp_path)) == 1
    assert count_photos(tmp_path) == {'café': 1}


def test_two_processes_that_add_at_once_lose_no_photo(tmp_path):
    program = (
        'import sys; from pathlib import Path; '
        'from rpi_classifier.collect.folder import ClassFolder; '
        "folder = ClassFolder(Path(sys.argv[1]), 'cup'); "
        "print(end='ready', flush=True); sys.stdin.readline(); "
        "[folder.add(f'{sys.argv[2]} {number}'.encode()) for number in range(100)]"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, '-c', program, tmp_path, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for name in ('first', 'second')
    ]
    for writer in writers:
        assert writer.stdout.read(5) == b'ready'
    for writer in writers:
        writer.stdin.write(b'\n')
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
    written = {path.read_text() for path in (tmp_path / 'cup').iterdir()}
    assert written == {f'{name} {number}' for name in ('first', 'second') for number in range(100)}


def test_a_full_disk_leaves_no_new_class_without_photos(tmp_path):
    (tmp_path / 'of the user').mkdir()
    with full_after(10):
        for name in ('of the user', 'new'):
            with pytest.raises(OutputError):
                ClassFolder(tmp_path, name).add(bytes(100))
    assert count_photos(tmp_path) == {'of the user': 0}


def test_a_full_disk_is_one_sentence_and_leaves_whole_photos_only(tmp_path):
    folder = ClassFolder(tmp_path, 'cup')
    folder.add(b'one')
    with full_after(1000), pytest.raises(OutputError, match='photo_00002.jpg cannot be written'):
        folder.add(bytes(5000))
    assert names(tmp_path / 'cup') == ['photo_00001.jpg']


def test_a_file_in_the_place_of_a_class_is_one_sentence(tmp_path):
    (tmp_path / 'cup').write_text('a file')
    with pytest.raises(OutputError, match='cup is not a folder; move it away'):
        ClassFolder(tmp_path, 'cup').add(b'one')


def test_output_that_cannot_take_classes_is_refused_before_the_work(tmp_path):
    (tmp_path / 'file').write_text('')
    (tmp_path / 'split' / 'train' / 'cup').mkdir(parents=True)
    for path, said in [
        (tmp_path / 'file', 'file is not a folder'),
        (tmp_path / 'missing' / 'photos', 'missing is not a folder; make it first'),
        (tmp_path / 'split', 'has its classes in train/; give'),
        (Path('/proc/photos'), 'cannot be written'),
    ]:
        with pytest.raises(ConfigError, match=f'--output: .*{said}'):
            check_output_folder(path)
    for path in (tmp_path, tmp_path / 'photos', tmp_path / 'split' / 'train'):
        check_output_folder(path)
    assert names(tmp_path) == ['file', 'split']
