# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Pictures of every format are decoded upright and within limits, or refused with a sentence."""

import contextlib
import io
import os
import struct
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import PIL.features
import PIL.Image
import pytest
from support.pictures import encoded, many_scans, picture, saved

from rpi_classifier.errors import ImageError
from rpi_classifier.images import decoders
from rpi_classifier.images.decode import decode_image, read_image_file

pytestmark = pytest.mark.filterwarnings('ignore::UserWarning:PIL')

NO_AVIF = pytest.mark.skipif(
    not PIL.features.check('avif'), reason='this Pillow cannot write AVIF'
)
WIDE = picture().astype(np.uint16) * 257


def rle_bmp(size, runs):
    """Return a BMP of 8 bits, run-length encoded, with a palette of grays."""
    palette = b''.join(bytes([gray, gray, gray, 0]) for gray in range(256))
    header = struct.pack('<IiiHHIIiiII', 40, size, size, 1, 8, 1, 0, 0, 0, 256, 0)
    return b'BM' + struct.pack('<IHHI', 0, 0, 0, 14 + 40 + 1024) + header + palette + runs


FILES = {
    'JPEG': saved('JPEG', quality=95),
    'progressive JPEG': saved('JPEG', quality=95, progressive=True),
    'CMYK JPEG': saved('JPEG', 'CMYK', quality=95),
    'PNG': saved('PNG'),
    'PNG with alpha': saved('PNG', 'RGBA'),
    'PNG of 16 bits': encoded('.png', WIDE),
    'TIFF': saved('TIFF'),
    'TIFF, deflate': saved('TIFF', compression='tiff_adobe_deflate'),
    'TIFF, JPEG inside': saved('TIFF', compression='jpeg', quality=95),
    'TIFF of 16 bits': encoded('.tiff', WIDE),
    'CMYK TIFF': saved('TIFF', 'CMYK'),
    'WebP': saved('WEBP', quality=95),
    'lossless WebP with alpha': saved('WEBP', 'RGBA', lossless=True),
    'BMP': saved('BMP'),
    'BMP of 32 bits': saved('BMP', 'RGBA'),
}
GRAY = np.rint(picture() @ np.array([0.114, 0.587, 0.299])).astype(np.uint8)
GRAYS = {
    'JPEG': saved('JPEG', 'L', quality=95),
    'PNG': saved('PNG', 'L'),
    'PNG with alpha': saved('PNG', 'LA'),
    'PNG of 16 bits': encoded('.png', GRAY * np.uint16(257)),
    'TIFF of 16 bits': encoded('.tiff', GRAY * np.uint16(257)),
    'WebP': saved('WEBP', 'L', quality=95),
    'BMP': saved('BMP', 'L'),
    'GIF': saved('GIF', 'L'),
}


def differences(result, expected):
    assert result.dtype == np.uint8
    return np.abs(result.astype(int) - expected)


@pytest.mark.parametrize('data', FILES.values(), ids=FILES)
def test_picture_of_every_format_is_decoded(data):
    assert differences(decode_image(data, 'it'), picture()).mean() < 4


@pytest.mark.parametrize('data', GRAYS.values(), ids=GRAYS)
def test_gray_picture_becomes_three_equal_channels(data):
    assert differences(decode_image(data, 'it'), np.dstack([GRAY] * 3)).max() < 5


@NO_AVIF
@pytest.mark.parametrize('mode', ['RGB', 'RGBA'])
def test_avif_is_decoded(mode):
    result = decode_image(saved('AVIF', mode, quality=95), 'it')
    assert differences(result, picture()).mean() < 4


@pytest.mark.parametrize('name', ['GIF', 'PNG'])
def test_picture_of_a_palette_is_decoded(name):
    few = (picture() // 128) * 255
    assert np.array_equal(decode_image(saved(name, 'P', image=few), 'it'), few)


def test_picture_of_two_colours_is_decoded():
    image = np.zeros((9, 7, 3), np.uint8)
    image[2:5, 3:] = 255
    for options in ({'name': 'PNG'}, {'name': 'TIFF', 'compression': 'group4'}):
        assert np.array_equal(decode_image(saved(mode='1', image=image, **options), 'it'), image)


@pytest.mark.parametrize('name', ['GIF', 'PNG', 'WEBP', 'TIFF'])
def test_first_picture_of_several_is_decoded(name):
    pictures = [PIL.Image.new('RGB', (8, 8), colour) for colour in ('red', 'lime', 'blue')]
    file = io.BytesIO()
    pictures[0].save(file, name, save_all=True, append_images=pictures[1:], lossless=True)
    assert decode_image(file.getvalue(), 'it')[4, 4].tolist() == pytest.approx([0, 0, 255], abs=3)


def test_run_length_encoded_bmp_is_decoded():
    rows = b''.join(bytes([10, level, 10, 255 - level, 0, 0]) for level in range(0, 200, 10))
    result = decode_image(rle_bmp(20, rows + b'\0\1'), 'it')
    assert result[:, :, 1].tolist() == [
        [level] * 10 + [255 - level] * 10 for level in range(190, -1, -10)
    ]


# What a picture looks like that a viewer must turn, by its EXIF orientation.
STORED = {
    1: lambda image: image,
    2: np.fliplr,
    3: lambda image: np.rot90(image, 2),
    4: np.flipud,
    5: lambda image: image.transpose(1, 0, 2),
    6: np.rot90,
    7: lambda image: np.rot90(image, 2).transpose(1, 0, 2),
    8: lambda image: np.rot90(image, -1),
}


@pytest.mark.parametrize('orientation', STORED)
@pytest.mark.parametrize(
    ('name', 'options'),
    [
        ('JPEG', {'quality': 95}),
        ('PNG', {}),
        ('TIFF', {}),
        ('WEBP', {'lossless': True}),
        pytest.param('AVIF', {'quality': 95}, marks=NO_AVIF),
    ],
)
def test_picture_is_turned_upright_by_its_exif_orientation(name, options, orientation):
    stored = np.ascontiguousarray(STORED[orientation](picture()))
    data = saved(name, image=stored, orientation=orientation, **options)
    assert differences(decode_image(data, 'it'), picture()).mean() < 4


@pytest.mark.parametrize('name', ['JPEG', 'PNG', 'WEBP'])
def test_picture_stays_as_it_is_stored_if_that_is_wanted(name):
    result = decode_image(saved(name, orientation=6), 'it', upright=False)
    assert differences(result, picture()).mean() < 10


def test_damaged_exif_does_no_harm_to_the_picture():
    data = saved('PNG', orientation=6).replace(b'eXIfMM\0*', b'eXIfMM\xff\xff')
    chunk = data.index(b'eXIf')
    size = int.from_bytes(data[chunk - 4 : chunk], 'big')
    checksum = zlib.crc32(data[chunk : chunk + 4 + size]).to_bytes(4, 'big')
    data = data[: chunk + 4 + size] + checksum + data[chunk + 8 + size :]
    assert np.array_equal(decode_image(data, 'it'), picture())


CUT = {**FILES, 'GIF': saved('GIF'), 'BMP, run lengths': rle_bmp(4, b'\4\5\0\0' * 4 + b'\0\1')}
if PIL.features.check('avif'):
    CUT['AVIF'] = saved('AVIF')


@pytest.mark.parametrize('data', CUT.values(), ids=CUT)
def test_picture_cut_off_anywhere_is_refused_or_whole(data):
    """No decoder fills up with gray or black; some formats end behind the last pixel."""
    whole, said = decode_image(data, 'it'), []
    for length in range(16, len(data), 1 + len(data) // 700):
        try:
            assert np.array_equal(decode_image(data[:length], 'it'), whole)
        except ImageError as error:
            said.append(str(error))
    assert said
    assert all('is cut off' in words for words in said)


@pytest.mark.parametrize('padding', [bytes(63), b'\xff' * 512, b'\r\n\r\n', saved('JPEG')])
def test_whole_jpeg_is_taken_with_any_padding(padding):
    data = saved('JPEG')
    assert np.array_equal(decode_image(data + padding, 'it'), decode_image(data, 'it'))


def png_of(width, height, *chunks):
    """Return a PNG that says its size and has these chunks before its end."""
    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    parts = [(b'IHDR', header), *chunks, (b'IEND', b'')]
    return b'\x89PNG\r\n\x1a\n' + b''.join(
        struct.pack('>I', len(content))
        + name
        + content
        + struct.pack('>I', zlib.crc32(name + content))
        for name, content in parts
    )


def tiff_of_one_tile(side, data):
    """Return a TIFF of 16x16 gray pixels, all of them in one deflated tile."""
    tags = [(256, 16), (257, 16), (258, 8), (259, 8), (262, 1), (322, side), (323, side)]
    start = 8 + 2 + 12 * (len(tags) + 2) + 4
    tags += [(324, start), (325, len(data))]
    directory = b''.join(struct.pack('<HHII', tag, 4, 1, value) for tag, value in tags)
    return b'II*\0' + struct.pack('<IH', 8, len(tags)) + directory + bytes(4) + data


def test_tiles_of_a_tiff_are_limited_as_pictures_are():
    tile = zlib.compress(bytes(range(256)))
    assert decode_image(tiff_of_one_tile(16, tile), 'it')[15, 15].tolist() == [255] * 3
    with pytest.raises(ImageError, match='a tile of it has 46336x46336 pixels') as caught:
        decode_image(tiff_of_one_tile(46336, tile), 'it')
    assert caught.value.reason == 'size'


def sized(data, width, height):
    """Return a JPEG that says another size."""
    frame = data.index(b'\xff\xc0') + 5
    return data[:frame] + struct.pack('>HH', height, width) + data[frame + 4 :]


@pytest.mark.parametrize(
    ('data', 'reason', 'words'),
    [
        (b'', 'compressed data', 'it is empty: 0 bytes'),
        (png_of(40000, 40000, (b'IDAT', b'')), 'size', '40000x40000 pixels; expected 1 to 64,'),
        (png_of(60000, 60000), 'size', '60000x60000'),
        (png_of(8000, 8001), 'size', '8000x8001'),
        (sized(FILES['JPEG'], 65500, 65500), 'size', '65500x65500'),
        (sized(FILES['JPEG'], 0, 40), 'size', '0x40'),
        (sized(FILES['JPEG'], 52, 0), 'size', '52x0'),
        (many_scans(saved('JPEG', progressive=True), 91),
         'compressed data', '101 scans; expected at most 100'),
        (encoded('.tiff', np.zeros((4, 4), np.float32)), 'compressed data', '32 bits'),
    ],
    ids=lambda value: value if isinstance(value, str) else '',
)  # fmt: skip
def test_limits_are_checked_before_decoding(data, reason, words):
    with pytest.raises(ImageError, match=words) as caught:
        decode_image(data, 'it')
    assert caught.value.reason == reason


@pytest.mark.parametrize('chunk', [(b'IDAT', b''), (b'tEXt', b'a\0b'), (b'noNe', b'')])
def test_picture_of_endlessly_many_parts_is_refused(monkeypatch, chunk):
    monkeypatch.setattr(decoders, '_MOST_READS', 1000)
    with pytest.raises(ImageError, match='it has more parts than any picture'):
        decode_image(png_of(8, 8, *[chunk] * 1000), 'it')


def test_as_many_scans_as_encoders_make_are_decoded():
    data = many_scans(saved('JPEG', 'CMYK', progressive=True), 20)
    assert decode_image(data, 'it').shape == (40, 52, 3)


@pytest.mark.parametrize(
    ('content', 'words'),
    [
        (b'no image', 'is none of JPEG, PNG, TIFF, WEBP, BMP, GIF, AVIF$'),
        (b'\n<!DOCTYPE html><html>', 'an HTML page; download the image itself'),
        (b'<svg xmlns="http://www.w3.org/2000/svg">', 'an SVG or XML file'),
        (b'version https://git-lfs.github.com/spec/v1\noid', "Git LFS; run 'git lfs pull'"),
        (b'\0\0\0\x18ftypheic\0\0\0\0mif1', 'a HEIC photo; convert it'),
        (b'\0\0\0\x20ftypisom\0\0\2\0', 'a video'),
        (b'\xff\x0a\xfa\x1f', 'a JPEG XL photo'),
        (b'%PDF-1.7\n', 'a PDF'),
        (b'\0\5\x16\7\0\2\0\0Mac OS X', 'a companion file of macOS'),
    ],
)
def test_file_that_is_no_image_is_named_as_what_it_is(tmp_path, content, words):
    (tmp_path / 'photo.jpg').write_bytes(content)
    with pytest.raises(ImageError, match=words) as caught:
        read_image_file(tmp_path / 'photo.jpg')
    assert 'photo.jpg, ' in str(caught.value)


def test_format_that_is_not_taken_here_is_named():
    with pytest.raises(ImageError, match='none of JPEG, PNG: it is a picture of format WEBP'):
        decode_image(saved('WEBP'), 'it', formats=('JPEG', 'PNG'))


def test_file_is_read_whatever_its_name_and_suffix(tmp_path):
    path = tmp_path / os.fsdecode(b'K\xfcche.txt')
    path.write_bytes(saved('PNG'))
    assert np.array_equal(read_image_file(path), picture())
    path.write_bytes(saved('PNG')[:100])
    with pytest.raises(ImageError, match=r'K\\xfcche.txt is cut off'):
        read_image_file(path)


def test_named_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / 'photo.jpg')
    with pytest.raises(ImageError, match='photo.jpg is a named pipe'):
        read_image_file(tmp_path / 'photo.jpg')


def decoded_or_refused(data):
    with contextlib.suppress(ImageError):
        result = decode_image(data, 'it')
        assert result.ndim == 3
        assert result.dtype == np.uint8


@settings(max_examples=1000, deadline=None)
@given(
    good=st.sampled_from([b'', *CUT.values()]),
    where=st.integers(0, 2000),
    data=st.binary(max_size=50),
    skip=st.integers(0, 50),
)
def test_no_bytes_raise_anything_but_an_image_error(good, where, data, skip):
    decoded_or_refused(good[:where] + data + good[where + skip :])


@settings(max_examples=1000, deadline=None)
@given(
    good=st.sampled_from(list(CUT.values())),
    bits=st.lists(st.integers(0, 8 * 700), max_size=4),
)
def test_no_flipped_bits_raise_anything_but_an_image_error(good, bits):
    data = bytearray(good)
    for bit in bits:
        data[bit // 8 % len(data)] ^= 1 << bit % 8
    decoded_or_refused(bytes(data))
