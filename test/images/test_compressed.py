# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A compressed image becomes the picture that its format describes, or is refused."""

import cv2
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest
from support import raw_images
from support.pictures import encoded, picture, saved

from rpi_classifier.errors import ImageError
from rpi_classifier.images.compressed import (
    CompressedFormat,
    decode_compressed,
    is_plain_jpeg,
    parse_format,
)

GRAY = np.rint(raw_images.luma(picture())).astype(np.uint8)
WIDE = np.uint16(257)


def mosaic(pattern):
    data, step = raw_images.encode(f'bayer_{pattern}8')
    return np.frombuffer(data, np.uint8).reshape(-1, step)


def differences(result, expected):
    assert result.dtype == np.uint8
    return np.abs(result.astype(int) - expected)


@pytest.mark.parametrize(
    ('text', 'parts'),
    [
        ('bgr8; jpeg compressed bgr8', ('bgr8', 'jpeg', 'bgr8')),
        ('bayer_rggb8; jpeg compressed ', ('bayer_rggb8', 'jpeg', '')),
        ('rgb16; png compressed bgr16', ('rgb16', 'png', 'bgr16')),
        ('rgb8; tiff compressed ', ('rgb8', 'tiff', '')),
        ('16UC1; compressedDepth rvl', ('16UC1', '', 'Depth rvl')),
        ('jpeg', ('', 'jpeg', '')),
        ('', ('', '', '')),
        ('; ;;', ('', ';;', '')),
    ],
)
def test_format_is_split_as_image_transport_writes_it(text, parts):
    assert parse_format(text) == CompressedFormat(*parts)


@pytest.mark.parametrize(
    'text',
    [
        'jpeg', 'jpg', '', 'nonsense', 'bgr8; jpeg compressed bgr8', 'rgb8; jpeg compressed bgr8',
        'bgra8; jpeg compressed bgr8', 'rgb8; jpeg compressed', 'yuv422; jpeg compressed bgr8',
        'yuv422_yuy2; jpeg compressed', 'nv12; jpeg compressed ', 'foo; jpeg compressed ',
        'bayer_rggb8; jpeg compressed bgr8', 'bayer_rggb8; jpeg compressed ',
    ],
)  # fmt: skip
def test_jpeg_in_colour_has_its_own_colours_whatever_the_raw_image_was(text):
    result = decode_compressed(saved('JPEG', quality=95), text)
    assert differences(result, picture()).mean() < 4


@pytest.mark.parametrize(
    'text',
    [
        'rgb8; png compressed bgr8',
        'rgb16; png compressed bgr16',
        'png',
        'bgra16; png compressed bgr16',
    ],
)
@pytest.mark.parametrize('scale', [np.uint8(1), WIDE])
def test_png_has_the_pixels_that_the_publisher_converted(text, scale):
    assert np.array_equal(decode_compressed(encoded('.png', picture() * scale), text), picture())


@pytest.mark.parametrize(
    ('text', 'code'),
    [
        ('bgr8; tiff compressed ', None),
        ('bgr16; tiff compressed ', None),
        ('8UC3; tiff compressed ', None),
        ('tiff', None),
        ('rgb8; tiff compressed ', cv2.COLOR_BGR2RGB),
        ('rgb16; tiff compressed ', cv2.COLOR_BGR2RGB),
        ('rgba8; tiff compressed ', cv2.COLOR_BGR2RGBA),
        ('bgra8; tiff compressed ', cv2.COLOR_BGR2BGRA),
    ],
)
def test_tiff_has_the_pixels_in_the_order_of_the_raw_image(text, code):
    raw = picture() if code is None else cv2.cvtColor(picture(), code)
    data = encoded('.tiff', raw * (WIDE if '16' in text else np.uint8(1)))
    assert np.array_equal(decode_compressed(data, text), picture())


@pytest.mark.parametrize(
    'text',
    ['rgb8; jpeg compressed rgb8', 'rgb8; png compressed rgb8', 'bgr8; png compressed rgb8'],
)
def test_pixels_that_were_compressed_as_rgb_are_swapped_back(text):
    data = encoded('.png', picture()[..., ::-1])
    assert np.array_equal(decode_compressed(data, text), picture())


@pytest.mark.parametrize('suffix', ['.png', '.tiff'])
@pytest.mark.parametrize('bits', [8, 16])
@pytest.mark.parametrize('pattern', ['rggb', 'bggr', 'gbrg', 'grbg'])
def test_mosaic_becomes_a_picture_in_colour(pattern, bits, suffix):
    data = encoded(suffix, mosaic(pattern) * (WIDE if bits == 16 else np.uint8(1)))
    codec = suffix[1:]
    result = decode_compressed(data, f'bayer_{pattern}{bits}; {codec} compressed ')
    assert differences(result, raw_images.picture())[2:-2, 2:-2].mean() < 2


@pytest.mark.parametrize('pattern', ['rggb', 'grbg'])
def test_mosaic_in_a_jpeg_becomes_a_picture_in_colour(pattern):
    data = encoded('.jpg', mosaic(pattern))
    result = decode_compressed(data, f'bayer_{pattern}8; jpeg compressed ')
    assert differences(result, raw_images.picture())[2:-2, 2:-2].mean() < 12


def test_mosaic_that_the_publisher_made_gray_stays_gray():
    data = encoded('.jpg', GRAY)
    result = decode_compressed(data, 'bayer_rggb8; jpeg compressed mono8')
    assert differences(result, np.dstack([GRAY] * 3)).max() < 8


@pytest.mark.parametrize(
    ('text', 'suffix', 'scale'),
    [
        ('mono8; jpeg compressed mono8', '.jpg', np.uint8(1)),
        ('mono16; jpeg compressed mono8', '.jpg', np.uint8(1)),
        ('mono8; png compressed ', '.png', np.uint8(1)),
        ('mono16; png compressed ', '.png', WIDE),
        ('mono16; tiff compressed ', '.tiff', WIDE),
        ('8UC1; png compressed ', '.png', np.uint8(1)),
        ('png', '.png', WIDE),
    ],
)
def test_gray_of_8_or_16_bits_stays_gray(text, suffix, scale):
    result = decode_compressed(encoded(suffix, GRAY * scale), text)
    assert differences(result, np.dstack([GRAY] * 3)).max() < 8


@pytest.mark.parametrize(
    ('text', 'suffix'),
    [
        ('16UC1; png compressed ', '.png'),
        ('16UC1; jpeg compressed mono8', '.jpg'),
        ('16UC1; tiff compressed ', '.tiff'),
        ('32FC1; tiff compressed ', '.tiff'),
        ('16UC1; compressedDepth png', '.png'),
        ('16UC1; compressedDepth', '.png'),
        ('32FC1; compressedDepth rvl', '.png'),
        ('mono16; compressedDepth png', '.png'),
    ],
)
def test_depth_is_refused_with_what_to_subscribe_to(text, suffix):
    data = encoded(suffix, GRAY * (WIDE if suffix != '.jpg' else np.uint8(1)))
    with pytest.raises(ImageError, match='is depth, not a picture; subscribe to') as caught:
        decode_compressed(data, text)
    assert caught.value.reason == 'encoding'
    assert repr(text) in str(caught.value)


def test_float_pixels_are_refused_though_the_format_is_silent():
    with pytest.raises(ImageError, match='32 bits, which are not a picture'):
        decode_compressed(encoded('.tiff', GRAY.astype(np.float32)), '')


@pytest.mark.parametrize('text', ['8UC2; png compressed ', '32SC1; tiff compressed '])
def test_numbers_that_are_no_picture_are_refused(text):
    with pytest.raises(ImageError, match='numbers that are not a picture') as caught:
        decode_compressed(saved('PNG'), text)
    assert caught.value.reason == 'encoding'


@pytest.mark.parametrize(
    ('data', 'text', 'words'),
    [
        (b'', 'jpeg', "format 'jpeg' is empty: 0 bytes"),
        (b'no image', 'h264', "format 'h264', 8 bytes, is none of JPEG, PNG, TIFF"),
        (saved('JPEG')[:-40], 'jpeg', "format 'jpeg' is cut off"),
        (saved('PNG')[:-40], 'png', "format 'png' is cut off"),
        (saved('WEBP'), 'webp', 'none of JPEG, PNG, TIFF: it is a picture of format WEBP'),
        (saved('BMP'), '', 'none of JPEG, PNG, TIFF: it is a picture of format BMP'),
        (b'no image', 'x' * 1_000_000, r'x\'... \(1000000 characters\)'),
    ],
    ids=['empty', 'video', 'cut JPEG', 'cut PNG', 'WebP', 'BMP', 'long'],
)
def test_data_that_are_no_whole_picture_are_refused(data, text, words):
    with pytest.raises(ImageError, match=words) as caught:
        decode_compressed(data, text)
    assert caught.value.reason == 'compressed data'
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize('name', ['JPEG', 'PNG'])
def test_picture_is_turned_upright_by_its_exif_orientation(name):
    stored = np.ascontiguousarray(np.rot90(picture()))
    result = decode_compressed(saved(name, image=stored, orientation=6), name.lower())
    assert differences(result, picture()).mean() < 6


@settings(max_examples=500, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=30),
        st.builds(
            '{}; {} compressed{}'.format,
            st.sampled_from(['bayer_rggb8', 'bayer_xyz8', 'rgb16', 'mono16', '', 'bayer_']),
            st.sampled_from(['jpeg', 'png', 'tiff', '']),
            st.sampled_from(['', ' ', ' bgr8', ' rgb16', ' mono8', ' nonsense', 'Depth']),
        ),
    ),
    data=st.sampled_from(
        [
            encoded(suffix, image)
            for suffix in ('.png', '.jpg', '.tiff')
            for image in (picture(), GRAY, picture()[:2, :2], GRAY[:1])
        ]
    ),
)
def test_no_format_raises_anything_but_an_image_error(text, data):
    try:
        result = decode_compressed(data, text)
    except ImageError:
        return
    assert result.shape[2] == 3


@pytest.mark.parametrize(
    ('text', 'suffix', 'plain'),
    [
        ('rgb8; jpeg compressed bgr8', '.jpg', True),
        ('bayer_rggb8; jpeg compressed bgr8', '.jpg', True),
        ('mono8; jpeg compressed mono8', '.jpg', True),
        ('jpeg', '.jpg', True),
        ('png', '.jpg', True),
        ('jpeg', '.png', False),
        ('rgb8; jpeg compressed rgb8', '.jpg', False),
        ('bayer_rggb8; jpeg compressed ', '.jpg', False),
    ],
)
def test_a_jpeg_is_plain_if_it_needs_no_format_to_be_shown_rightly(text, suffix, plain):
    data = encoded(suffix, picture())
    assert is_plain_jpeg(data, text) == plain
    assert is_plain_jpeg(memoryview(data), text) == plain
