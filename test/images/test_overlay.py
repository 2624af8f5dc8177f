# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What is drawn into an image: legible at every size, and true."""

import numpy as np
import pytest

from rpi_classifier.images.font import FontFile
from rpi_classifier.images.overlay import draw_overlay, Overlay
from rpi_classifier.region import Box

FONT = FontFile('DejaVuSans.ttf')
NOTHING = Overlay([], '', '')
BLUE, GREEN = (180, 119, 31), (70, 135, 33)  # BGR
SIZES = [(160, 120), (224, 224), (640, 480), (480, 640), (1920, 1080)]


def gray(width, height):
    return np.full((height, width, 3), 128, np.uint8)


def draw(*classes, headline='', note='', size=(640, 480)):
    return draw_overlay(gray(*size), Overlay(classes, headline, note), FONT)


def bars(drawn, colour):
    """Return the length of each bar of a colour, from top to bottom."""
    first = (drawn[:, 0] == colour).all(axis=1)
    rows = np.flatnonzero(first & ~np.roll(first, 1)) + 2  # two pixels below each upper edge
    return [int(np.flatnonzero((drawn[row] == colour).all(axis=1))[-1]) + 1 for row in rows]


@pytest.mark.parametrize('size', SIZES)
def test_bar_is_as_long_as_the_score(size):
    drawn = draw(('cat', 0.5), ('dog', 0.25), size=size)
    assert bars(drawn, BLUE) == pytest.approx([size[0] / 2, size[0] / 4], abs=1)


def test_stable_class_has_a_bar_of_its_own_colour_and_the_headline():
    drawn = draw(('cat', 0.5), ('dog', 0.25), headline='dog')
    assert len(bars(drawn, BLUE)) == len(bars(drawn, GREEN)) == 1
    assert (drawn[:40] != draw(('cat', 0.5))[:40]).any()


@pytest.mark.parametrize('size', [*SIZES, (40, 30), (1, 1), (2000, 20), (20, 2000)])
def test_image_keeps_its_size_and_the_original_its_pixels(size):
    image = gray(*size)
    overlay = Overlay([('a class', 0.1)] * 9, 'a class', '30.0 fps · 26.4 ms')
    drawn = draw_overlay(image, overlay, FONT)
    assert drawn.shape == image.shape
    assert (image == 128).all()


@pytest.mark.parametrize('size', SIZES)
def test_more_than_a_third_of_the_image_stays_visible_however_many_classes_there_are(size):
    drawn = draw(*[('a class', 0.1)] * 50, headline='a class', note='30 fps', size=size)
    assert (drawn == 128).all(axis=(1, 2)).mean() > 1 / 3


@pytest.mark.parametrize('size', SIZES)
def test_long_label_never_covers_its_percentage(size):
    short, long = draw(('a', 0.0), size=size), draw(('W' * 300, 0.0), size=size)
    figures = size[0] - size[0] // 14
    assert (short[:, figures:] == long[:, figures:]).all()
    assert (short != long).any()


def test_label_of_several_lines_is_drawn_on_one():
    assert (draw(('a\nb\t c', 0.3)) == draw(('a b c', 0.3))).all()


def test_narrow_image_has_the_figures_below_the_headline():
    note = '30.0 fps · 26.4 ms'
    alone = draw(note=note, size=(160, 120))
    both = draw(note=note, headline='Egyptian cat', size=(160, 120))
    dimmed = [(image != 128).all(axis=(1, 2)).sum() for image in (alone, both)]
    assert dimmed[1] > dimmed[0]


def test_nothing_seen_leaves_the_image_below_the_figures_as_it_is():
    drawn = draw_overlay(gray(640, 480), NOTHING, FONT)
    assert (drawn[60:] == 128).all()


@pytest.mark.parametrize('size', SIZES)
def test_what_was_not_looked_at_is_dimmed_and_the_rest_framed(size):
    width, height = size
    box = Box(width // 4, height // 4, width // 2, height // 4)
    drawn = draw_overlay(gray(*size), Overlay([], '', '', box), FONT)
    inner = box.cut(drawn)[8:-8, 8:-8]
    assert (inner == 128).all()
    outside = drawn[box.y : box.y + box.height, : box.x - 8]
    assert (outside == 64).all()
    assert (box.cut(drawn)[:, 0] == (0, 200, 255)).all()


@pytest.mark.parametrize('box', [Box(0, 0, 1, 1), Box(0, 0, 40, 30), Box(39, 29, 1, 1)])
def test_box_of_a_pixel_and_of_the_whole_image_is_drawn(box):
    overlay = Overlay([('a class', 0.1)], 'a class', '30 fps', box)
    assert draw_overlay(gray(40, 30), overlay, FONT).shape == (30, 40, 3)
