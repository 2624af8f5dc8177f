# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Photos that were kept go into the classes that are decided: each once, none over another."""

import pytest
from support.disks import full_after
from support.kept import keep

from rpi_classifier.collect.class_folders import count_photos
from rpi_classifier.collect.kept import read_kept_photos
from rpi_classifier.collect.sort import SKIPPED, sort_photos, SortedFolder, SortTally
from rpi_classifier.errors import OutputError


@pytest.fixture
def sort(tmp_path):
    """Return what sorts the folder kept into the folder photos as a function decides."""
    told = []

    def start(decide, remember=True):
        tally = SortTally()
        photos, _ = read_kept_photos(tmp_path / 'kept')
        folder = SortedFolder(tmp_path / 'photos')
        sort_photos(photos, folder, decide, tally, remember=remember, tell=told.append)
        return tally, told

    return start


def best(photo, place):
    return photo.guesses[0].label


def test_photos_go_into_their_classes_as_they_are_and_stay_private(sort, tmp_path):
    paths = keep(tmp_path / 'kept', [('cup', 0.5)], [('dog', 0.5)], [('cup', 0.5)])
    tally, _ = sort(best)
    assert str(tally) == 'copied 3, skipped 0, sorted before 0, damaged 0'
    for path, name in zip(paths, ('cup', 'dog', 'cup')):
        copy = tmp_path / 'photos' / name / path.name
        assert copy.read_bytes() == path.read_bytes()
        assert copy.stat().st_mode & 0o777 == 0o600
        assert path.exists()


def test_a_second_run_goes_on_where_the_first_ended(sort, tmp_path):
    keep(tmp_path / 'kept', *[[('cup', 0.5)]] * 4)
    answers = iter(['cup', '', None])
    assert str(sort(lambda photo, place: next(answers))[0]).startswith('copied 1, skipped 1')
    asked = []

    def decide(photo, place):
        asked.append(place)
        return 'mug'

    tally, _ = sort(decide)
    assert asked == ['3/4', '4/4']
    assert (tally.copied, tally.there) == (2, 2)
    assert count_photos(tmp_path / 'photos') == {'cup': 1, 'mug': 2}


def test_a_photo_that_was_moved_or_renamed_among_the_classes_is_not_copied_again(sort, tmp_path):
    (path,) = keep(tmp_path / 'kept', [('cup', 0.5)])
    sort(best)
    (tmp_path / 'photos' / 'mug').mkdir()
    (tmp_path / 'photos' / 'cup' / path.name).rename(tmp_path / 'photos' / 'mug' / 'my.jpg')
    assert sort(best)[0].there == 1
    assert count_photos(tmp_path / 'photos') == {'cup': 0, 'mug': 1}


def test_the_same_photo_twice_is_copied_once(sort, tmp_path):
    (path,) = keep(tmp_path / 'kept', [('cup', 0.5)])
    (tmp_path / 'kept' / 'copy.jpg').write_bytes(path.read_bytes())
    tally, _ = sort(lambda photo, place: 'cup')
    assert (tally.copied, tally.there) == (1, 1)


def test_another_photo_of_the_same_name_is_not_overwritten(sort, tmp_path):
    (path,) = keep(tmp_path / 'kept', [('cup', 0.5)])
    taken = tmp_path / 'photos' / 'cup' / path.name
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b'of another robot')
    assert sort(best)[0].copied == 1
    assert taken.read_bytes() == b'of another robot'
    assert (taken.parent / 'photo_00001.jpg').read_bytes() == path.read_bytes()


def test_damaged_photos_and_those_that_vanish_are_told(sort, tmp_path):
    paths = keep(tmp_path / 'kept', *[[('cup', 0.5)]] * 3)
    paths[0].write_bytes(paths[0].read_bytes()[:-100])

    def decide(photo, place):
        paths[2].unlink(missing_ok=True)
        return 'cup'

    tally, told = sort(decide)
    assert (tally.copied, tally.damaged) == (1, 2)
    assert 'is cut off' in told[0]
    assert f'{paths[2]} cannot be read' in told[1]


def test_skips_without_a_person_are_not_remembered(sort, tmp_path):
    keep(tmp_path / 'kept', [('cup', 0.5)])
    assert sort(lambda photo, place: '', remember=False)[0].skipped == 1
    assert not (tmp_path / 'photos').exists()
    assert sort(best)[0].copied == 1


def test_a_full_disk_is_one_sentence(sort, tmp_path):
    keep(tmp_path / 'kept', [('cup', 0.5)])
    with full_after(100), pytest.raises(OutputError, match='cannot be written'):
        sort(best)
    assert not (tmp_path / 'photos' / 'cup').exists()  # an empty class would stop train
    (tmp_path / 'photos' / SKIPPED).mkdir()
    with pytest.raises(OutputError, match='skipped cannot be written'):
        sort(lambda photo, place: '')
