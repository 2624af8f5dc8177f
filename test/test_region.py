# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The part of an image that is classified: how it is written, and where it lies."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from rpi_classifier.errors import ConfigError, ImageError
from rpi_classifier.region import Box, parse_region

SIZE = 480, 640  # height and width


@pytest.mark.parametrize(
    ('text', 'box'),
    [
        ('0.25 0 0.5 1', Box(160, 0, 320, 480)),
        ('[.25, 0.0, 5e-1, 1]', Box(160, 0, 320, 480)),
        ('0 0 1 0.5', Box(0, 0, 640, 240)),  # parts, not one pixel
        ('0.7 0.1 0.3 0.9', Box(448, 48, 192, 432)),
        ('160 0 320 480', Box(160, 0, 320, 480)),
        ('638.0, 478, 2, 2', Box(638, 478, 2, 2)),
        ('0.99999 0.99999 0.00001 0.00001', Box(639, 479, 1, 1)),
    ],
)
def test_numbers_are_pixels_or_parts_of_the_image(text, box):
    assert parse_region(text).box(*SIZE) == box


@pytest.mark.parametrize('text', ['', '  ', '[]', '0 0 1 1', '0.0, 0.0, 1.0, 1.0'])
def test_nothing_and_all_parts_are_the_whole_image(text):
    assert parse_region(text) is None


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('0 0 1', 'is not four numbers'),
        ('0 0 1 1 1', 'is not four numbers'),
        ('0 0 1 one', 'is not four numbers'),
        ('0 0 1 .nan', 'is not four numbers'),
        ('-0.1 0 0.5 0.5', 'is not within an image'),
        ('10 10 -5 20', 'is not within an image'),
        ('0 0 0 1', 'is not within an image'),
        ('0.6 0 0.5 1', 'goes beyond the image'),
        ('1 1 1 1', 'goes beyond the image'),
        ('5 0 1 1', 'goes beyond the image'),
        ('0.25 0 320 480', 'mixes pixels and parts of 1'),
        ('0 0 320 1', 'mixes pixels and parts of 1'),
        ('0 0 320.5 480', 'mixes pixels and parts of 1'),
        ('0 0 1e999 480', 'mixes pixels and parts of 1'),
    ],
)
def test_what_is_no_region_of_any_image_is_refused_in_one_sentence(text, said):
    with pytest.raises(ConfigError, match=f"^region: '{text}' {said}"):
        parse_region(text)


@pytest.mark.parametrize('size', [(479, 640), (480, 639), (1, 1)])
def test_pixels_that_go_beyond_an_image_are_refused_with_its_size_and_what_to_do(size):
    with pytest.raises(ImageError) as caught:
        parse_region('320 240 320 240').box(*size)
    assert caught.value.reason == 'region'
    assert str(caught.value) == (
        f'region: 320 240 320 240 does not fit into an image of {size[1]}x{size[0]} pixels; set '
        'a smaller one, or parts of 1, as in 0.25 0 0.5 1'
    )


@given(st.data(), st.integers(1, 5000), st.integers(1, 5000))
def test_parts_have_a_pixel_within_images_of_all_sizes(data, height, width):
    x, y = (data.draw(st.floats(0, 0.999)) for _ in 'xy')
    parts = [data.draw(st.floats(1e-6, 1 - start)) for start in (x, y)]
    box = parse_region(' '.join(map(repr, (x, y, *parts)))).box(height, width)
    assert 0 <= box.x < box.x + box.width <= width
    assert 0 <= box.y < box.y + box.height <= height


@pytest.mark.parametrize(
    ('text', 'spelled'),
    [
        ('0.25, 0.0, 5e-1, 1', '0.25 0 0.5 1'),
        ('0x10 0 0x20 0x20', '16 0 32 32'),
        ('0.3333333333333333333 0 0.25000000000000000000000 1', '0.333333333 0 0.25 1'),
    ],
)
def test_a_region_is_spelled_in_one_short_way(text, spelled):
    assert str(parse_region(text)) == spelled
    assert str(parse_region(spelled)) == spelled


def test_a_cut_shares_the_memory_of_its_image():
    image = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    cut = Box(1, 2, 3, 2).cut(image)
    assert (cut == image[2:4, 1:4]).all()
    assert cut.shape == (2, 3, 3)
    assert np.shares_memory(cut, image)
