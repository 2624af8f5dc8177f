# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A picture is stored as the JPEG that it came as, or as a new one."""

import cv2
import numpy as np
import pytest
from support.pictures import picture, saved

from rpi_classifier.errors import ImageError
from rpi_classifier.images.decode import decode_image
from rpi_classifier.images.picture import Picture, read_picture


def test_a_jpeg_stays_as_it_is_and_is_seen_upright(tmp_path):
    data = saved('JPEG', quality=60, orientation=6)
    (tmp_path / 'photo.png').write_bytes(data)  # its content counts, not its name
    read = read_picture(tmp_path / 'photo.png')
    assert read.as_jpeg() == data
    height, width = picture().shape[:2]
    assert read.image.shape == (width, height, 3)


def test_another_format_becomes_a_jpeg_of_the_same_picture(tmp_path):
    cv2.imwrite(str(tmp_path / 'photo.png'), picture())
    read = read_picture(tmp_path / 'photo.png')
    assert read.jpeg is None
    again = decode_image(read.as_jpeg(), 'it', formats=('JPEG',))
    assert np.abs(again.astype(int) - picture()).mean() < 3


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / 'notes.jpg').write_text('no picture')
    with pytest.raises(ImageError, match='notes.jpg'):
        read_picture(tmp_path / 'notes.jpg')
    with pytest.raises(ImageError, match='cannot become a JPEG'):
        Picture(np.zeros((1, 65501, 3), np.uint8)).as_jpeg()
