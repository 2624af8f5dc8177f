# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Folders of photos as data sets: layouts, labels, copies, what is held out, and bad folders."""

from __future__ import annotations

from collections import Counter
import os
from pathlib import Path
import unicodedata

import cv2
import numpy as np
import pytest

from rpi_classifier.errors import DataSetError
from rpi_classifier.training.data_set import read_data_set, read_labeled_photos


def fill(folder: Path, *photos: str) -> Path:
    """Write files that are photos by their names; each has a content of its own."""
    for name in photos:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(name))
    return folder


def numbered(name: str, count: int) -> list[str]:
    return [f'{name}/{number:04d}.jpg' for number in range(count)]


def names(photos) -> list[str]:
    return [f'{photo.label}/{photo.path.name}' for photo in photos]


def test_labels_are_sorted_by_code_point_and_composed(tmp_path):
    decomposed = unicodedata.normalize('NFD', 'Äpfel')
    fill(tmp_path, 'b/1.jpg', 'Z/1.jpg', f'{decomposed}/1.jpg', '猫/1.jpg', '10/1.jpg', '9/1.jpg')
    found = read_data_set(tmp_path)
    assert found.labels == ('10', '9', 'Z', 'b', 'Äpfel', '猫')
    assert [photo.label for photo in found.train] == [0, 1, 2, 3, 4, 5]


def test_hidden_folders_and_files_do_not_count(tmp_path):
    fill(tmp_path, 'a/1.jpg', 'b/1.jpg', '.git/1.jpg', 'a/.hidden.jpg')
    found = read_data_set(tmp_path)
    assert found.labels == ('a', 'b')
    assert len(found.train) == 2


def test_train_and_val_are_taken_as_they_are(tmp_path):
    fill(tmp_path, 'train/a/1.jpg', 'train/a/2.jpg', 'train/b/3.jpg', 'val/b/4.jpg', 'val/a/5.png')
    found = read_data_set(tmp_path)
    assert names(found.train) == ['0/1.jpg', '0/2.jpg', '1/3.jpg']
    assert names(found.val) == ['0/5.png', '1/4.jpg']


def test_network_sees_a_region_of_each_photo(tmp_path):
    for name in ('train/a/1.png', 'train/b/1.png', 'val/a/1.png'):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        cv2.imwrite(str(path), np.full((4, 6, 3), len(list(tmp_path.rglob('*'))), np.uint8))
    found = read_data_set(tmp_path, region='0.5 0 0.5 1')
    assert {photo.read().shape for photo in (*found.train, *found.val)} == {(4, 3, 3)}


def test_class_may_be_named_train(tmp_path):
    fill(tmp_path, 'train/1.jpg', 'tram/1.jpg', 'val/1.jpg')
    assert read_data_set(tmp_path).labels == ('train', 'tram', 'val')


def test_part_of_each_class_is_held_out_by_the_seed(tmp_path):
    fill(tmp_path, *numbered('a', 50), *numbered('b', 3), *numbered('c', 2))
    found = read_data_set(tmp_path, seed=5)
    assert Counter(photo.label for photo in found.val) == {0: 10, 1: 1}
    assert Counter(photo.label for photo in found.train) == {0: 40, 1: 2, 2: 2}
    assert not set(found.train) & set(found.val)
    assert read_data_set(tmp_path, seed=5) == found
    assert {tuple(read_data_set(tmp_path, seed=seed).val) for seed in range(9)} != {found.val}
    assert read_data_set(tmp_path, held_out=0).val == ()


def test_held_out_photos_follow_each_other_so_that_a_series_stays_together(tmp_path):
    fill(tmp_path, *numbered('a', 50), *numbered('b', 50))
    held = [int(photo.path.stem) for photo in read_data_set(tmp_path).val if photo.label == 0]
    assert held == list(range(held[0], held[0] + 10))


def test_copies_of_trained_photos_are_left_out_of_the_validation_and_named(tmp_path):
    fill(tmp_path, *numbered('train/a', 3), *numbered('train/b', 3), 'val/a/9.jpg', 'val/b/9.jpg')
    (tmp_path / 'val/a/again.jpg').write_bytes((tmp_path / 'train/a/0001.jpg').read_bytes())
    found = read_data_set(tmp_path)
    assert names(found.val) == ['0/9.jpg', '1/9.jpg']
    assert any(
        'left out of the validation' in note and 'again.jpg' in note for note in found.notes
    )


def test_copies_within_a_class_are_trained_on_once(tmp_path):
    fill(tmp_path, *numbered('a', 4), *numbered('b', 4))
    (tmp_path / 'a/9.jpg').write_bytes((tmp_path / 'a/0001.jpg').read_bytes())
    found = read_data_set(tmp_path)
    assert len(found.train) + len(found.val) == 8
    assert any('9.jpg (as 0001.jpg)' in note for note in found.notes)


def test_same_photo_in_two_classes_is_told_and_never_held_out(tmp_path):
    fill(tmp_path, *numbered('a', 4), *numbered('b', 4))
    (tmp_path / 'b/9.jpg').write_bytes((tmp_path / 'a/0001.jpg').read_bytes())
    for seed in range(20):
        found = read_data_set(tmp_path, seed=seed)
        assert any('in the classes a and b' in note for note in found.notes)
        assert {'0/0001.jpg', '1/9.jpg'} <= set(names(found.train))


def test_what_is_not_used_is_told(tmp_path):
    fill(tmp_path, 'train/a/1.jpg', 'train/b/1.jpg', 'train/a/IMG_1.heic', 'test/a/1.jpg')
    fill(tmp_path, 'train/lost.jpg', 'val/a/3.jpg')
    notes = '\n'.join(read_data_set(tmp_path).notes)
    for name in ('IMG_1.heic', ': test', 'lost.jpg', 'has no photo of b'):
        assert name in notes


def test_thin_and_unequal_classes_are_told(tmp_path):
    fill(tmp_path, *numbered('cup', 100), *numbered('pen', 4), *numbered('tape', 40))
    notes = '\n'.join(read_data_set(tmp_path).notes)
    assert 'few photos to train on: pen (3);' in notes
    assert 'cup has 80 photos to train on and pen has 3' in notes
    fill(tmp_path, *numbered('pen', 60))
    assert read_data_set(tmp_path).notes == ()


@pytest.mark.parametrize(
    ('files', 'said'),
    [
        (['a/1.jpg'], r'has 1 class; expected'),
        (['train/a/1.jpg', 'val/a/1.jpg'], r'train has 1 class; expected'),
        (['1.jpg', '2.jpg'], r'has 0 classes; expected'),
        (['a/1.jpg', 'b/notes.txt'], r'class b: .*has no photo'),
        (['a/1.jpg', 'b/deep/1.jpg'], r'class b: .*only in its sub-folders'),
        (['train/a/1.jpg', 'train/b/1.jpg', 'val/dog/1.jpg'], r'dog is none of the 2 labels'),
        (['train/a/1.jpg', 'train/b/1.jpg', 'val/a/x.txt'], r'class a: .*val/a has no photo'),
        (['train/a/1.jpg', 'train/b/1.jpg', 'val/1.jpg'], r'val has no class'),
        (['a/1.jpg', '\x07/1.jpg'], r'U\+0007'),
        (['é/1.jpg', 'e\u0301/1.jpg'], r'two folders named é'),
        (['cup/1.jpg', 'hat/1.jpg', 'val/cup/2.jpg'], 'has classes in val/ and no train/; move'),
    ],
)
def test_bad_folder_is_refused_in_a_sentence(tmp_path, files, said):
    fill(tmp_path, *files)
    with pytest.raises(DataSetError, match=said):
        read_data_set(tmp_path)


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(DataSetError, match='cannot be read: No such file or directory; give'):
        read_data_set(tmp_path / 'none')


def test_photos_get_the_labels_of_a_model(tmp_path):
    fill(tmp_path, 'cat/1.jpg', 'ant/2.jpg')
    assert names(read_labeled_photos(tmp_path, ['dog', 'cat', 'ant'])[0]) == ['2/2.jpg', '1/1.jpg']
    fill(tmp_path / 'split', 'train/cat/1.jpg', 'val/cat/3.jpg')
    assert names(read_labeled_photos(tmp_path / 'split', ['dog', 'cat'])[0]) == ['1/3.jpg']


@pytest.mark.parametrize(
    ('labels', 'said'),
    [
        (['tabby cat', 'dog'], 'cat is none of the 2 labels; did you mean tabby cat?'),
        (['x', 'y'], 'cat is none of the 2 labels; expected one of x, y'),
        (['cat', 'cat'], 'several of the labels are cat'),
    ],
)
def test_class_that_a_model_does_not_know_is_refused(tmp_path, labels, said):
    fill(tmp_path, 'cat/1.jpg')
    with pytest.raises(DataSetError, match=said.replace('?', r'\?')):
        read_labeled_photos(tmp_path, labels)


def test_val_beside_train_is_read_for_a_model_as_train_reads_it(tmp_path):
    fill(tmp_path, *numbered('train/a', 3), *numbered('train/b', 3), 'val/a/8.jpg', 'val/b/9.jpg')
    (tmp_path / 'val/a/again.jpg').write_bytes((tmp_path / 'train/a/0001.jpg').read_bytes())
    (tmp_path / 'val/a/twice.jpg').write_bytes((tmp_path / 'val/a/8.jpg').read_bytes())
    found, notes = read_labeled_photos(tmp_path, ('a', 'b'))
    assert tuple(found) == read_data_set(tmp_path).val
    assert ['again.jpg' in note or 'twice.jpg' in note for note in notes] == [True, True]


def test_train_without_val_is_told_and_can_be_asked_for(tmp_path):
    fill(tmp_path, *numbered('train/a', 3), *numbered('train/b', 3))
    with pytest.raises(DataSetError, match='has train, but no val; name a folder'):
        read_labeled_photos(tmp_path, ('a', 'b'))
    assert len(read_labeled_photos(tmp_path, ('a', 'b'), part='train')[0]) == 6


def test_many_photos_in_two_classes_are_few_notes(tmp_path):
    fill(tmp_path, *numbered('a', 30), *numbered('b', 30))
    for number in range(30):
        name = f'{number:04d}.jpg'
        (tmp_path / 'b' / name).write_bytes((tmp_path / 'a' / name).read_bytes())
    notes = read_data_set(tmp_path).notes
    assert sum('in the classes a and b' in note for note in notes) == 3
    assert any('27 more' in note for note in notes)


def test_names_that_differ_in_case_only_are_told(tmp_path):
    fill(tmp_path, *numbered('Cat', 20), *numbered('cat', 20), *numbered('dog', 20))
    notes = read_data_set(tmp_path, held_out=0).notes
    assert ["the classes 'Cat' and 'cat' differ only" in note for note in notes].count(True) == 1


def test_notes_can_be_printed_whatever_bytes_names_have(tmp_path):
    fill(tmp_path, *numbered('a', 4), *numbered('b', 4), 'a/\udcff.jpg', 'a/\udcfe.txt')
    (tmp_path / 'a/\udcfe.jpg').write_bytes((tmp_path / 'a/\udcff.jpg').read_bytes())
    (tmp_path / 'b/\udcfd.jpg').write_bytes((tmp_path / 'a/\udcff.jpg').read_bytes())
    assert '\\xff' in '\n'.join(read_data_set(tmp_path).notes).encode().decode()


@pytest.mark.skipif(os.geteuid() == 0, reason='root may enter every folder')
def test_folder_that_may_not_be_entered_is_refused_in_a_sentence(tmp_path):
    fill(tmp_path / 'set', 'a/1.jpg', 'b/1.jpg')
    (tmp_path / 'set').chmod(0o644)
    try:
        with pytest.raises(DataSetError, match='set cannot be read: Permission denied; give'):
            read_data_set(tmp_path / 'set')
    finally:
        (tmp_path / 'set').chmod(0o755)


def test_name_that_is_too_long_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(DataSetError, match='cannot be read: File name too long'):
        read_data_set(tmp_path / ('x' * 300))
