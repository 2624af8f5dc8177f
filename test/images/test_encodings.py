# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Every encoding of sensor_msgs that is a picture becomes the same picture; others are refused."""

import numpy as np
import pytest
from support.raw_images import BAYER, encode, GRAY, HEIGHT, luma, PACKED, picture, WIDTH, YUV

from rpi_classifier.errors import ImageError, UnknownEncodingError
from rpi_classifier.images.encodings import ENCODINGS
from rpi_classifier.images.pixels import pixels_to_bgr

WIDE = [name for name in (*PACKED, *GRAY, *BAYER) if '16' in name]
OF_SENSOR_MSGS = {
    'rgb8', 'rgba8', 'rgb16', 'rgba16', 'bgr8', 'bgra8', 'bgr16', 'bgra16', 'mono8', 'mono16',
    'bayer_rggb8', 'bayer_bggr8', 'bayer_gbrg8', 'bayer_grbg8', 'bayer_rggb16', 'bayer_bggr16',
    'bayer_gbrg16', 'bayer_grbg16', 'uyvy', 'yuv422', 'yuyv', 'yuv422_yuy2', 'nv12', 'nv21',
    'nv24', '8UC1', '8UC3', '8UC4', '16UC3', '16UC4',
}  # fmt: skip


def decoded(encoding, **options):
    data, step = encode(encoding, **options)
    return pixels_to_bgr(
        data,
        encoding=encoding,
        width=WIDTH,
        height=HEIGHT,
        step=step,
        big_endian=options.get('big_endian', False),
    )


def differences(result, expected):
    assert result.dtype == np.uint8
    return np.abs(result.astype(int) - expected)


def test_table_has_every_encoding_of_sensor_msgs_that_is_a_picture():
    assert set(ENCODINGS) == OF_SENSOR_MSGS
    assert {*PACKED, *GRAY, *YUV, *BAYER} == OF_SENSOR_MSGS


@pytest.mark.parametrize('padding', [0, 13])
@pytest.mark.parametrize('encoding', PACKED)
def test_colours_survive_every_order_of_channels_and_padded_rows(encoding, padding):
    assert np.array_equal(decoded(encoding, padding=padding), picture())


@pytest.mark.parametrize('padding', [0, 13])
@pytest.mark.parametrize('encoding', GRAY)
def test_gray_becomes_three_equal_channels(encoding, padding):
    gray = np.dstack([luma(picture())] * 3)
    assert differences(decoded(encoding, padding=padding), gray).max() <= 0.5


@pytest.mark.parametrize('padding', [0, 14])
@pytest.mark.parametrize('encoding', YUV)
def test_yuv_becomes_the_picture_but_for_its_coarser_chroma(encoding, padding):
    found = differences(decoded(encoding, padding=padding), picture())
    assert found.mean() < 3
    assert encoding != 'nv24' or found.max() <= 3


@pytest.mark.parametrize('padding', [0, 13])
@pytest.mark.parametrize('encoding', BAYER)
def test_mosaic_becomes_the_picture_but_for_its_edges(encoding, padding):
    found = differences(decoded(encoding, padding=padding), picture())
    assert found[2:-2, 2:-2].mean() < 2


@pytest.mark.parametrize('encoding', WIDE)
def test_big_endian_samples_become_the_same_picture(encoding):
    swapped = decoded(encoding, big_endian=True, padding=6)
    assert np.array_equal(swapped, decoded(encoding))


def test_byte_order_means_nothing_to_single_bytes():
    assert np.array_equal(decoded('bgr8', big_endian=True), picture())


def test_sixteen_bits_are_rounded_to_eight():
    samples = np.array([[0, 128, 129, 32896, 65406, 65407, 65535]], np.uint16)
    result = pixels_to_bgr(samples.data, encoding='mono16', width=7, height=1, step=14)
    assert result[0, :, 0].tolist() == [0, 0, 1, 128, 254, 255, 255]


@pytest.mark.parametrize('encoding', ['16UC1', '32FC1'])
def test_depth_is_refused_with_what_to_subscribe_to(encoding):
    with pytest.raises(ImageError, match='is depth, not a picture; subscribe to') as caught:
        pixels_to_bgr(bytes(400), encoding=encoding, width=4, height=4, step=16)
    assert caught.value.reason == 'encoding'
    assert not isinstance(caught.value, UnknownEncodingError)


@pytest.mark.parametrize(
    'encoding', ['8UC2', '8SC1', '16SC1', '16SC3', '32SC1', '32FC3', '64FC1', '8UC5', '8UC']
)
def test_numbers_that_are_no_picture_are_refused(encoding):
    with pytest.raises(ImageError, match='not a picture') as caught:
        pixels_to_bgr(bytes(4000), encoding=encoding, width=4, height=4, step=128)
    assert caught.value.reason == 'encoding'
    assert not isinstance(caught.value, UnknownEncodingError)


@pytest.mark.parametrize('encoding', ['', 'nonsense', 'BGR8', 'bayer_rgbw8', 'yuv420'])
def test_unknown_encoding_may_be_tried_elsewhere(encoding):
    with pytest.raises(UnknownEncodingError, match='publish bgr8') as caught:
        pixels_to_bgr(bytes(400), encoding=encoding, width=4, height=4, step=16)
    assert caught.value.reason == 'encoding'


def test_encoding_of_a_megabyte_is_told_in_a_few_characters():
    with pytest.raises(UnknownEncodingError, match=r'\(1000000 characters\)') as caught:
        pixels_to_bgr(bytes(400), encoding='x' * 1_000_000, width=4, height=4, step=16)
    assert len(str(caught.value)) < 400
