# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""One small picture as a file of any format."""

from __future__ import annotations

import io

import cv2
import numpy as np
import PIL.Image

ORIENTATION = 0x0112


def picture(width: int = 52, height: int = 40) -> np.ndarray:
    """Return a smooth coloured picture, [H, W, 3] uint8 BGR."""
    colours = np.random.default_rng(1).integers(0, 256, (5, 6, 3), np.uint8)
    return cv2.resize(colours, (width, height), interpolation=cv2.INTER_LINEAR)


def saved(
    name: str, mode: str = 'RGB', *, image: np.ndarray | None = None, orientation: int = 1,
    **options: object,
) -> bytes:  # fmt: skip
    """Return the picture as a file that Pillow writes, in one of its modes."""
    bgr = picture() if image is None else image
    exif = PIL.Image.Exif()
    exif[ORIENTATION] = orientation
    file = io.BytesIO()
    turned = {'exif': exif} if orientation != 1 else {}
    PIL.Image.fromarray(bgr[..., ::-1]).convert(mode).save(file, name, **turned, **options)
    return file.getvalue()


def encoded(suffix: str, image: np.ndarray) -> bytes:
    """Return an image as a file that OpenCV writes, as image_transport does; 16 bits stay 16."""
    return cv2.imencode(suffix, image)[1].tobytes()


def many_scans(jpeg: bytes, more: int) -> bytes:
    """Return a JPEG that repeats its last scan, as one that takes minutes to decode does."""
    last = jpeg[jpeg.rindex(b'\xff\xda') : -2]
    return jpeg[:-2] + last * more + jpeg[-2:]
