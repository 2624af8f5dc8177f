# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Copies of photos that were taken for something else."""

from functools import partial
from pathlib import Path

import pytest

from rpi_classifier.errors import ConfigError, OutputError
from rpi_classifier.training.predictions import PhotoResult
from rpi_classifier.training.wrong_photos import check_photo_folder, copy_wrong


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / 'photos' / 'a.jpg'
    path.parent.mkdir()
    path.write_bytes(b'a photo')
    return path


def names(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob('*') if one.is_file())


def test_only_wrong_photos_are_copied_under_what_they_were_taken_for(photo, tmp_path):
    results = [PhotoResult(photo, 'cup', 'dog', 0.8734), PhotoResult(photo, 'cup', 'cup', 0.9)]
    assert copy_wrong('wrong', results, tmp_path / 'new') == 1
    assert names(tmp_path / 'new') == ['cup/as_dog_0.87_a.jpg']
    assert (tmp_path / 'new' / 'cup' / 'as_dog_0.87_a.jpg').read_bytes() == b'a photo'


def test_links_become_files(photo, tmp_path):
    link = tmp_path / 'link.jpg'
    link.symlink_to(photo)
    copy_wrong('wrong', [PhotoResult(link, 'cup', 'dog', 0.5)], tmp_path / 'new')
    assert not (tmp_path / 'new' / 'cup' / 'as_dog_0.50_link.jpg').is_symlink()


def test_equal_names_do_not_overwrite_each_other(photo, tmp_path):
    results = [PhotoResult(photo, 'a/b', 'x', 0.5), PhotoResult(photo, 'a_b', 'x', 0.5)]
    copy_wrong('wrong', results, tmp_path / 'new')
    assert names(tmp_path / 'new') == ['a_b/as_x_0.50_a.jpg', 'a_b/as_x_0.50_a_2.jpg']


@pytest.mark.parametrize(
    'label', ['..', '.', '/', '../../etc', 'a\nb\0c', '猫' * 100, '😀' * 90], ids=range(7)
)
def test_every_label_makes_a_name_in_the_folder(photo, tmp_path, label):
    copy_wrong('wrong', [PhotoResult(photo, label, f'{label}!', 0.5)], tmp_path / 'new')
    (name,) = names(tmp_path / 'new')
    assert len(Path(name).parts) == 2
    assert name.endswith('_0.50_a.jpg')
    assert names(tmp_path) == [f'new/{name}', 'photos/a.jpg']


def test_photo_with_the_longest_name_is_copied(photo, tmp_path):
    longest = photo.rename(photo.with_name('x' * 251 + '.jpg'))
    copy_wrong('wrong', [PhotoResult(longest, 'cup', 'dog', 0.5)], tmp_path / 'new')
    assert len(names(tmp_path / 'new')) == 1


def test_photo_that_has_gone_is_one_sentence(photo, tmp_path):
    gone = PhotoResult(photo.with_name('b.jpg'), 'cup', 'dog', 0.5)
    with pytest.raises(OutputError, match=r'^wrong: .*cup cannot take b\.jpg: No such file'):
        copy_wrong('wrong', [gone], tmp_path / 'new')


def test_folder_must_be_new_or_empty(photo, tmp_path):
    check = partial(check_photo_folder, data_set=tmp_path / 'elsewhere')
    check('wrong', tmp_path / 'new')
    (tmp_path / 'empty').mkdir()
    check('wrong', tmp_path / 'empty')
    with pytest.raises(ConfigError, match='photos is not empty; name a new folder'):
        check('wrong', photo.parent)
    with pytest.raises(ConfigError, match=r'a\.jpg is not a folder'):
        check('wrong', photo)
    with pytest.raises(ConfigError, match='nowhere is not a folder; make it first'):
        check('wrong', tmp_path / 'nowhere' / 'new')


@pytest.mark.parametrize('place', ['', 'wrong', 'cup/wrong', '../linked/wrong', 'link/wrong'])
def test_folder_must_not_become_a_class_of_the_photos(photo, tmp_path, monkeypatch, place):
    """However it is written: linked leads to the photos, and link out of them."""
    (tmp_path / 'linked').symlink_to(photo.parent)
    (tmp_path / 'elsewhere').mkdir()
    (photo.parent / 'link').symlink_to(tmp_path / 'elsewhere')
    for data_set in (photo.parent, tmp_path / 'linked'):
        with pytest.raises(ConfigError, match='is in the folder of the photos, where train would'):
            check_photo_folder('wrong', photo.parent / place, data_set)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match='name a folder outside photos'):
        check_photo_folder('wrong', Path('photos', place), Path('photos'))
    check_photo_folder('wrong', Path('photos_wrong'), Path('photos'))
