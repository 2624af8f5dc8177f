# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The picture of a confusion matrix: every label can be written, and is not cut away."""

import cv2
import numpy as np
import pytest

from rpi_classifier.training.confusion_plot import draw_confusion

pytest.importorskip('matplotlib', reason='matplotlib is not installed')


def drawn(counts, labels, title='a title'):
    """Return the picture, [H, W, 3] uint8 BGR, and what no font has."""
    png, missing = draw_confusion(np.array(counts), labels, title)
    assert png.startswith(b'\x89PNG')
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), missing


def count_of(picture, *, blue):
    """Return how many pixels are clearly blue, or else clearly red."""
    channels = picture.astype(int)
    difference = channels[..., 0] - channels[..., 2]
    return int((difference > 60).sum() if blue else (difference < -60).sum())


@pytest.mark.parametrize('classes', [1, 13, 100])
def test_every_size_is_a_picture_whose_letters_stay_in_it(classes):
    picture, missing = drawn(np.eye(classes, dtype=int), [f'class {i}' for i in range(classes)])
    assert missing == ''
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert (edge == 255).all()
    assert picture.shape[0] > 400


def test_right_ones_are_blue_and_wrong_ones_red():
    right, _ = drawn([[5, 0], [0, 5]], ['a', 'b'])
    wrong, _ = drawn([[0, 5], [5, 0]], ['a', 'b'])
    assert count_of(right, blue=True) > 10000 > count_of(right, blue=False)
    assert count_of(wrong, blue=False) > 10000 > count_of(wrong, blue=True)


def test_one_mistake_among_many_photos_is_seen():
    picture, _ = drawn([[500, 1], [0, 500]], ['a', 'b'])
    clean, _ = drawn([[500, 0], [0, 500]], ['a', 'b'])
    assert (picture != clean).any(axis=2).sum() > 10000


@pytest.mark.parametrize(
    'label', ['costs $5 or $6', r'$\frac{', 'a_b^c', 'día', 'чашка', 'Ω' * 80]
)
def test_labels_are_written_as_they_are(label):
    assert drawn([[3, 1], [0, 4]], [label, 'b'], title=label)[0].size


def test_letters_that_no_font_has_are_told():
    assert drawn([[3, 1], [0, 4]], ['\ue0ff', 'b'])[1] in ('\ue0ff', '')  # '': no fontconfig


def test_of_very_many_classes_those_with_mistakes_are_drawn():
    labels = [str(index) for index in range(300)]
    picture, _ = drawn(np.eye(300, dtype=int) + np.eye(300, k=298, dtype=int), labels)
    assert picture.shape[0] < 1000  # four classes
    assert count_of(picture, blue=False) > 10000
    assert drawn(np.eye(300, dtype=int), labels)[0].size
