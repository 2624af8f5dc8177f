# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Image messages: good ones become BGR, bad ones are refused with a sentence and a reason."""

import time
import zlib

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

import cv2
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from support import raw_images
from support.pictures import encoded, many_scans, saved

from rpi_classifier.errors import ImageError
from rpi_classifier.nodes.common import from_messages, to_messages


def wrap(image, encoding, step=None):
    """Return a message of any encoding with these bytes; a larger step pads the rows."""
    rows = image.reshape(len(image), -1)
    padded = np.zeros((len(rows), step or rows.shape[1]), np.uint8)
    padded[:, : rows.shape[1]] = rows
    height, width = image.shape[:2]
    return Image(
        height=height,
        width=width,
        step=padded.shape[1],
        encoding=encoding,
        data=padded.tobytes(),
    )


def compressed(image, suffix='.jpg'):
    data = cv2.imencode(suffix, image)[1].tobytes()
    return CompressedImage(format=suffix[1:], data=data)


NOW_NS = 1_000_000_000_000


def test_frame_of_a_message_has_its_header_and_when_it_was_taken(image):
    header = Header(frame_id='lens')
    header.stamp.sec, header.stamp.nanosec = 999, 5
    before_ns = time.monotonic_ns()
    frame = from_messages.frame_of(to_messages.image_to_message(image, header), NOW_NS)
    after_ns = time.monotonic_ns()
    assert to_messages.header_of(frame) == header
    assert frame.stamp_source == 'message'
    age_ns = NOW_NS - frame.stamp_ns
    assert before_ns <= frame.taken_ns + age_ns <= after_ns
    assert np.array_equal(frame.image, image)


def test_a_message_with_simulated_time_counts_as_taken_when_it_came(image):
    message = to_messages.image_to_message(image, Header())
    assert from_messages.frame_of(message, NOW_NS, came_ns=77).taken_ns == 77


def test_stamp_without_a_time_message_is_refused_and_an_odd_one_is_the_same_time(image):
    message = to_messages.image_to_message(image, Header())
    message.header.stamp.sec, message.header.stamp.nanosec = 7, 1_000_000_000
    stamp = to_messages.header_of(from_messages.frame_of(message, NOW_NS)).stamp
    assert (stamp.sec, stamp.nanosec) == (8, 0)
    message.header.stamp.sec = 2**31 - 1
    with pytest.raises(ImageError, match='2147483647 s and 1000000000 ns') as caught:
        from_messages.frame_of(message, NOW_NS)
    assert caught.value.reason == 'stamp'


def test_bgr8_shares_the_memory_of_the_message(image):
    message = to_messages.image_to_message(image, Header())
    result = from_messages.to_bgr(message)
    assert np.array_equal(result, image)
    assert np.shares_memory(result, np.frombuffer(message.data, np.uint8))


@pytest.mark.parametrize('padding', [0, 77])
@pytest.mark.parametrize(
    ('encoding', 'code'),
    [
        ('8UC3', None),
        ('rgb8', cv2.COLOR_BGR2RGB),
        ('bgra8', cv2.COLOR_BGR2BGRA),
        ('rgba8', cv2.COLOR_BGR2RGBA),
    ],
)
def test_colours_survive_every_order_of_channels_and_padded_rows(image, encoding, code, padding):
    other = image if code is None else cv2.cvtColor(image, code)
    message = wrap(other, encoding, other.strides[0] + padding)
    assert np.array_equal(from_messages.to_bgr(message), image)


@pytest.mark.parametrize('encoding', ['mono8', '8UC1'])
def test_grey_becomes_three_equal_channels(image, encoding):
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    assert np.array_equal(from_messages.to_bgr(wrap(grey, encoding)), np.dstack([grey] * 3))


@pytest.mark.parametrize(
    ('encoding', 'order'), [('yuv422', 'uyvy'), ('uyvy', 'uyvy'), ('yuv422_yuy2', 'yuyv')]
)
def test_yuv_of_a_coloured_area_becomes_that_colour(encoding, order):
    blue = np.full((4, 6, 3), (200, 60, 20), np.uint8)
    y, u, v = cv2.cvtColor(blue, cv2.COLOR_BGR2YUV_I420).reshape(-1)[[0, 24, 30]]
    pair = [{'u': u, 'v': v, 'y': y}[letter] for letter in order]
    message = wrap(np.array(pair * 12, np.uint8).reshape(4, 6, 2), encoding)
    assert np.abs(from_messages.to_bgr(message).astype(int) - blue).max() < 5


@pytest.mark.parametrize('pattern', ['rggb', 'bggr', 'gbrg', 'grbg'])
def test_bayer_patterns_of_a_coloured_area_become_that_colour(pattern):
    colour = {'b': 200, 'g': 120, 'r': 40}
    tile = np.array([colour[letter] for letter in pattern], np.uint8).reshape(2, 2)
    result = from_messages.to_bgr(wrap(np.tile(tile, (4, 4)), f'bayer_{pattern}8'))
    assert (result[2:-2, 2:-2] == (200, 120, 40)).all()


@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.tiff'])
def test_compressed_images_are_decoded(image, suffix):
    result = from_messages.to_bgr(compressed(image, suffix))
    assert result.shape == image.shape
    assert suffix == '.jpg' or np.array_equal(result, image)


def cut(message):
    message.data = message.data[: len(message.data) // 2]
    return message


def bomb():
    """Return a small PNG that says it is 60000x60000."""
    data = bytearray(cv2.imencode('.png', np.zeros((8, 8, 3), np.uint8))[1].tobytes())
    data[16:24] = (60000).to_bytes(4, 'big') * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, 'big')
    return CompressedImage(format='png', data=bytes(data))


def scans():
    """Return a JPEG of a few kilobytes that takes as long to decode as 6000 pictures."""
    return CompressedImage(
        format='jpeg', data=many_scans(saved('JPEG', progressive=True), more=6000)
    )


def compressed_as(kind):
    """Return a gray PNG of another format."""
    return CompressedImage(format=kind, data=encoded('.png', np.zeros((8, 8), np.uint16)))


BYTES = bytes(12)
NOISE = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)


@pytest.mark.parametrize(
    ('message', 'reason', 'words'),
    [
        (Image(height=4, width=4, step=12, encoding='bgr8', data=b'short'), 'data length', '5 b'),
        (Image(height=2, width=2, encoding='bgr8', data=BYTES), 'data length', 'step 0'),
        (Image(height=0, width=4, step=12, encoding='bgr8'), 'size', '4x0'),
        (Image(height=2**31, width=2**31, step=1, encoding='bgr8'), 'size', '64,000,000'),
        (Image(height=2, width=2, step=6, encoding='nonsense', data=BYTES), 'encoding', 'nonse'),
        (Image(height=2, width=2, step=6, encoding='', data=BYTES), 'encoding', 'bgr8'),
        (Image(height=1, width=1, step=4, encoding='32FC1', data=bytes(4)), 'encoding', '32FC1'),
        (Image(height=2, width=2, step=5, encoding='bgr8', data=BYTES), 'step', 'least 6'),
        (Image(height=1, width=2, step=4, encoding='bgra8', data=BYTES), 'step', 'least 8'),
        (Image(height=2, width=3, step=6, encoding='yuv422', data=BYTES), 'size', '3x2'),
        (CompressedImage(format='jpeg', data=b''), 'compressed data', '0 bytes'),
        (CompressedImage(format='jpeg', data=b'no image'), 'compressed data', 'jpeg'),
        (cut(compressed(NOISE)), 'compressed data', 'cut'),
        (cut(compressed(NOISE, '.png')), 'compressed data', 'cut'),
        (bomb(), 'size', '60000x60000 pixels'),
        (scans(), 'compressed data', '6010 scans'),
        (compressed_as('16UC1; png compressed '), 'encoding', 'is depth'),
    ],
)
def test_unusable_message_is_refused_with_its_values_and_the_reason(message, reason, words):
    with pytest.raises(ImageError, match=words) as caught:
        from_messages.to_bgr(message)
    assert caught.value.reason == reason


@pytest.mark.parametrize('big_endian', [False, True])
@pytest.mark.parametrize('encoding', ['mono16', 'rgb16', 'bayer_rggb16', 'nv12', 'nv21'])
def test_what_cameras_send_becomes_the_picture(encoding, big_endian):
    data, step = raw_images.encode(encoding, big_endian=big_endian)
    height, width = raw_images.HEIGHT, raw_images.WIDTH
    result = from_messages.to_bgr(
        Image(
            height=height, width=width, step=step, encoding=encoding, data=data,
            is_bigendian=int(big_endian),
        )
    )  # fmt: skip
    expected = raw_images.picture().astype(int)
    if encoding == 'mono16':
        expected = np.dstack([raw_images.luma(expected)] * 3)
    assert np.abs(result - expected).mean() < 4


def test_compressed_mosaic_becomes_the_picture_that_its_format_names():
    mosaic = np.frombuffer(raw_images.encode('bayer_rggb8')[0], np.uint8)
    mosaic = mosaic.reshape(raw_images.HEIGHT, raw_images.WIDTH)
    message = CompressedImage(format='bayer_rggb8; png compressed ', data=encoded('.png', mosaic))
    assert np.abs(from_messages.to_bgr(message) - raw_images.picture().astype(int)).mean() < 4


def test_padding_behind_a_jpeg_does_no_harm(image):
    whole = compressed(image)
    padded = CompressedImage(format='jpeg', data=bytes(whole.data) + bytes(512))
    assert np.array_equal(from_messages.to_bgr(padded), from_messages.to_bgr(whole))


def test_byte_order_means_nothing_to_images_of_single_bytes(image):
    message = to_messages.image_to_message(image, Header())
    message.is_bigendian = 1
    assert np.array_equal(from_messages.to_bgr(message), image)


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=300),
    good=st.sampled_from([b'', *(bytes(compressed(NOISE, s).data) for s in ('.jpg', '.png'))]),
    where=st.integers(0, 200),
)
def test_no_compressed_bytes_raise_anything_but_an_image_error(data, good, where):
    message = CompressedImage(format='jpeg', data=good[:where] + data + good[where:])
    try:
        from_messages.to_bgr(message)
    except ImageError:
        pass
