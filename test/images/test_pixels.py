# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a raw image says of itself is checked before any work."""

from array import array
import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest
from support.raw_images import encode, HEIGHT, picture, WIDTH

from rpi_classifier.errors import ImageError
from rpi_classifier.images.encodings import ENCODINGS
from rpi_classifier.images.pixels import pixels_to_bgr


def convert(encoding, data, width, height, step, **others):
    return pixels_to_bgr(data, encoding=encoding, width=width, height=height, step=step, **others)


@pytest.mark.parametrize(
    'container', [bytes, bytearray, memoryview, lambda data: array('B', data)]
)
def test_bgr8_shares_the_memory_of_any_buffer(container):
    data = container(encode('bgr8')[0])
    result = convert('bgr8', data, WIDTH, HEIGHT, 3 * WIDTH)
    assert np.array_equal(result, picture())
    assert np.shares_memory(result, np.frombuffer(data, np.uint8))


@pytest.mark.parametrize(
    ('encoding', 'size', 'width', 'height', 'step', 'reason', 'words'),
    [
        ('bgr8', 5, 4, 4, 12, 'data length', '5 bytes of data; expected 48'),
        ('bgr8', 12, 2, 2, 0, 'data length', 'step 0'),
        ('bgr8', 0, 4, 0, 12, 'size', '4x0'),
        ('bgr8', 0, 2**31, 2**31, 1, 'size', '64,000,000'),
        ('bgr8', 12, 2, 2, 5, 'step', 'at least 6'),
        ('mono16', 12, 2, 2, 3, 'step', 'at least 4'),
        ('rgba16', 64, 2, 2, 15, 'step', 'at least 16'),
        ('nv12', 95, 8, 8, 8, 'data length', '95 bytes of data; expected 96'),
        ('nv12', 96, 8, 8, 7, 'step', 'at least 8'),
        ('nv12', 64, 8, 8, 8, 'data length', 'expected 96'),
        ('nv21', 128, 8, 8, 16, 'data length', 'expected 192'),
        ('nv24', 191, 8, 8, 8, 'data length', 'expected 192'),
        ('nv12', 999, 8, 7, 8, 'size', '8x7'),
        ('nv21', 999, 7, 8, 8, 'size', '7x8'),
        ('yuyv', 999, 3, 2, 6, 'size', '3x2'),
        ('bayer_rggb8', 999, 2, 8, 2, 'size', '2x8'),
        ('bayer_rggb16', 999, 8, 1, 16, 'size', '8x1'),
    ],
)
def test_description_that_does_not_fit_is_refused(
    encoding, size, width, height, step, reason, words
):
    with pytest.raises(ImageError, match=words) as caught:
        convert(encoding, bytes(size), width, height, step)
    assert caught.value.reason == reason


@pytest.mark.parametrize(('encoding', 'rows'), [('nv12', 1.5), ('nv21', 1.5), ('nv24', 3)])
def test_step_may_count_the_bytes_of_all_planes(encoding, rows):
    """Message definition: the data have step * height bytes; some publishers hold to it."""
    data, step = encode(encoding)
    expected = convert(encoding, data, WIDTH, HEIGHT, step)
    assert np.array_equal(convert(encoding, data, WIDTH, HEIGHT, int(step * rows)), expected)


def test_data_behind_the_last_row_do_no_harm():
    data, step = encode('nv12', padding=32)
    expected = convert('nv12', data, WIDTH, HEIGHT, step)
    assert np.array_equal(convert('nv12', data + bytes(4096), WIDTH, HEIGHT, step), expected)


@settings(max_examples=500, deadline=None)
@given(
    encoding=st.one_of(st.sampled_from(sorted(ENCODINGS)), st.text(max_size=20)),
    data=st.binary(max_size=400),
    width=st.integers(0, 20),
    height=st.integers(0, 20),
    step=st.integers(0, 40),
    big_endian=st.booleans(),
)
def test_nothing_but_an_image_or_an_image_error_comes_out(
    encoding, data, width, height, step, big_endian
):
    with contextlib.suppress(ImageError):
        result = convert(encoding, data, width, height, step, big_endian=big_endian)
        assert result.shape == (height, width, 3)
        assert result.dtype == np.uint8
