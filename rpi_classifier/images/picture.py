# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""An image together with the JPEG that it came as, so that it is stored without a second loss."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rpi_classifier.errors import ImageError
from rpi_classifier.files.regular_file import read_regular_file
from rpi_classifier.images.decode import decode_image, MOST_BYTES
from rpi_classifier.images.encode import encode_jpeg
from rpi_classifier.images.jpeg import SIGNATURE
from rpi_classifier.input_spec import Image
from rpi_classifier.wording import printable_path

_QUALITY = 95  # a little above that of cameras: photos are kept to learn from


@dataclass(frozen=True)
class Picture:
    """
    An image, [H, W, 3] uint8 BGR, and the JPEG file that it was decoded from.

    ``jpeg`` is None if the image came in another form.
    """

    image: Image
    jpeg: bytes | None = None

    def as_jpeg(self) -> bytes | memoryview:
        """
        Return the picture as a JPEG file: the one that it came as, or a new one.

        :raises ImageError: if it is too large for the format.
        """
        return self.jpeg or encode_jpeg(self.image, _QUALITY)


def read_picture(path: Path) -> Picture:
    """
    Read an image file.

    :raises ImageError: if the path is not a file, or the file is not an image or breaks a limit.
    """
    data = read_regular_file(path, MOST_BYTES, ImageError)
    image = decode_image(data, printable_path(path))
    return Picture(image, data if data.startswith(SIGNATURE) else None)
