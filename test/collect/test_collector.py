# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Photos of one class are chosen and written, and counted however that ends."""

from itertools import repeat

import pytest
from support.scenes import moved, noisy, scene

from rpi_classifier.collect.class_folders import photos_of_class
from rpi_classifier.collect.collector import collect_photos, Tally
from rpi_classifier.collect.filter import PhotoFilter
from rpi_classifier.collect.folder import ClassFolder
from rpi_classifier.errors import NothingCame
from rpi_classifier.images.picture import Picture


@pytest.fixture
def collect(tmp_path):
    """Return what collects images into the class cup, and its tally."""
    tally = Tally()

    def start(images, count=60, **options):
        pictures = map(Picture, images)
        folder, choice = ClassFolder(tmp_path, 'cup'), PhotoFilter()
        collect_photos(pictures, folder, choice, tally, count=count, **options)

    return start, tally


def test_sharp_and_new_pictures_are_kept_and_all_are_counted(collect, tmp_path):
    start, tally = collect
    images = [scene(number) for number in range(5)]
    start([*images, noisy(images[2]), moved(scene(6)), scene(7)])
    assert (tally.kept, tally.near_duplicates, tally.blurred, tally.seen) == (6, 1, 1, 8)
    assert str(tally) == 'kept 6, skipped 1 near-duplicate and 1 blurred'
    assert len(photos_of_class(tmp_path / 'cup')) == 6


def test_no_picture_is_asked_for_when_there_are_enough(collect):
    start, tally = collect
    images = iter([scene(number) for number in range(5)])
    start(images, count=3)
    assert tally.kept == 3
    assert len(list(images)) == 2


def test_a_picture_that_came_as_jpeg_is_written_as_it_came(tmp_path):
    came = Picture(scene(1), b'the JPEG of the camera')
    collect_photos([came], ClassFolder(tmp_path, 'cup'), PhotoFilter(), Tally(), count=1)
    (path,) = photos_of_class(tmp_path / 'cup')
    assert path.read_bytes() == came.jpeg


def test_a_view_that_never_changes_ends_with_what_to_do(collect):
    start, tally = collect
    with pytest.raises(NothingCame, match='nothing new came within 0.2 s; move what is seen'):
        start(repeat(scene(1)), patience_s=0.2)
    assert tally.kept == 1
    assert tally.near_duplicates > 0


def test_progress_grows_with_photos_only(collect):
    start, _ = collect
    steps = []
    start([scene(1), scene(1), scene(2)], advance=lambda done, step: steps.append((step, done)))
    assert [step for step, _ in steps] == [1, 0, 1]
    assert steps[-1][1] == 'kept 2, skipped 1 near-duplicate and 0 blurred'


def test_what_was_counted_stays_when_the_source_fails(collect):
    start, tally = collect

    def failing():
        yield scene(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start(failing())
    assert tally.kept == 1
