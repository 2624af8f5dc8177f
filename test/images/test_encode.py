# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""JPEGs of images."""

import cv2
import numpy as np
import pytest

from rpi_classifier.errors import ImageError
from rpi_classifier.images.encode import encode_jpeg


def test_quality_counts(image):
    assert len(bytes(encode_jpeg(image, 95))) > 2 * len(bytes(encode_jpeg(image, 30)))
    decoded = cv2.imdecode(np.frombuffer(encode_jpeg(image, 95), np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == image.shape


def test_an_image_that_is_too_wide_is_one_sentence():
    with pytest.raises(ImageError, match='70000x1 cannot become a JPEG'):
        encode_jpeg(np.zeros((1, 70000, 3), np.uint8), 90)
