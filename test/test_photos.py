# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Photos: reading them, finding them, and the squares cut out of them."""

import numpy as np
import pytest

from rpi_classifier.errors import ImageError
from rpi_classifier.photos import choose_evenly, crops, find_photos


def test_crops_are_the_same_squares_every_time():
    image = np.arange(60 * 80 * 3, dtype=np.uint32).astype(np.uint8).reshape(60, 80, 3)
    first, second = crops(image), crops(image)
    assert all(np.array_equal(*pair) for pair in zip(first, second))
    assert {crop.shape[0] for crop in first} == {60, 51, 42}
    assert all(crop.shape[0] == crop.shape[1] for crop in first)
    assert np.array_equal(first[0], image[:, 10:70])
    assert len(first) == 13


def test_smallest_image_has_crops():
    assert {crop.shape for crop in crops(np.zeros((1, 1, 3), np.uint8))} == {(1, 1, 3)}


def test_photos_of_a_folder_come_in_the_order_of_their_names(photo_folder):
    (photo_folder / 'notes.txt').write_text('')
    names = [path.name for path in find_photos([photo_folder])]
    assert names == ['1_blue.png', '2_green.png', '3_red.png']


def test_folder_without_photos_is_refused(tmp_path):
    with pytest.raises(ImageError, match='has no photo'):
        find_photos([tmp_path])


def test_folder_that_cannot_be_listed_is_refused_by_its_path(tmp_path, monkeypatch):
    def refuse(path):  # the superuser may list every folder
        raise PermissionError(13, 'Permission denied')

    monkeypatch.setattr('pathlib.Path.iterdir', refuse)
    with pytest.raises(ImageError, match=f'{tmp_path} cannot be read: Permission denied'):
        find_photos([tmp_path])


def test_name_that_is_too_long_for_a_folder_is_left_to_who_opens_it(tmp_path):
    assert find_photos([tmp_path / ('n' * 300)]) == [tmp_path / ('n' * 300)]


@pytest.mark.parametrize(
    ('most', 'chosen'), [(3, [0, 2, 4]), (7, [*range(7)]), (9, [*range(7)]), (1, [0])]
)
def test_some_are_chosen_at_equal_distances(most, chosen):
    assert choose_evenly(range(7), most) == chosen
    assert choose_evenly([], most) == []
