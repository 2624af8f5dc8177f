# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""One picture, and the bytes of it in every encoding, by formulas and not by OpenCV."""

from __future__ import annotations

import numpy as np

WIDTH, HEIGHT = 64, 48
_ORDERS = {
    'bgr8': 'bgr', '8UC3': 'bgr', 'rgb8': 'rgb', 'bgra8': 'bgra', '8UC4': 'bgra', 'rgba8': 'rgba',
    'bgr16': 'bgr', '16UC3': 'bgr', 'rgb16': 'rgb', 'bgra16': 'bgra', '16UC4': 'bgra',
    'rgba16': 'rgba',
}  # fmt: skip
_PAIRS = {'uyvy': 'uyvy', 'yuv422': 'uyvy', 'yuyv': 'yuyv', 'yuv422_yuy2': 'yuyv'}
PACKED = tuple(_ORDERS)
GRAY = ('mono8', '8UC1', 'mono16')
YUV = (*_PAIRS, 'nv12', 'nv21', 'nv24')
BAYER = tuple(f'bayer_{p}{bits}' for p in ('rggb', 'bggr', 'gbrg', 'grbg') for bits in (8, 16))


def picture() -> np.ndarray:
    """Return a smooth picture of many colours, [48, 64, 3] uint8 BGR."""
    down, right = np.mgrid[0:HEIGHT, 0:WIDTH]
    channels = [
        127 + 100 * np.sin(right / 16 + 1),
        127 + 110 * np.cos(down / 14),
        40 + 1.5 * right + 2 * down,
    ]
    return np.rint(np.dstack(channels)).astype(np.uint8)


def luma(image: np.ndarray) -> np.ndarray:
    """Return the gray value of BGR pixels, as Rec. 601 weighs them."""
    return image @ np.array([0.114, 0.587, 0.299])


def encode(encoding: str, *, padding: int = 0, big_endian: bool = False) -> tuple[bytes, int]:
    """
    Return the picture's data and step in an encoding.

    :param padding: bytes behind each row of the first plane.
    """
    planes = _planes(encoding, picture())
    if encoding.endswith('16') or encoding.startswith('16'):
        planes = [(plane.astype(np.uint16) * 257).astype('>u2' if big_endian else '<u2')
                  for plane in planes]  # fmt: skip
    rows = [np.frombuffer(plane.tobytes(), np.uint8).reshape(len(plane), -1) for plane in planes]
    step = rows[0].shape[1] + padding
    padded = []
    for plane in rows:
        pitch = step * 2 if plane.shape[1] == 2 * rows[0].shape[1] else step  # nv24
        padded.append(np.full((len(plane), pitch), 99, np.uint8))
        padded[-1][:, : plane.shape[1]] = plane
    return b''.join(plane.tobytes() for plane in padded), step


def _planes(encoding: str, image: np.ndarray) -> list[np.ndarray]:
    blue, green, red = np.moveaxis(image, 2, 0)
    channels = {'b': blue, 'g': green, 'r': red, 'a': np.full_like(blue, 77)}
    if encoding in _ORDERS:
        return [np.dstack([channels[letter] for letter in _ORDERS[encoding]])]
    if encoding in GRAY:
        return [np.rint(luma(image)).astype(np.uint8)]
    if encoding in BAYER:
        pattern, mosaic = encoding[6:10], np.empty_like(blue)
        for index, letter in enumerate(pattern):
            corner = np.s_[index // 2 :: 2, index % 2 :: 2]
            mosaic[corner] = channels[letter][corner]
        return [mosaic]
    return _yuv_planes(encoding, image)


def _yuv_planes(encoding: str, image: np.ndarray) -> list[np.ndarray]:
    """Return the planes of a YUV encoding: BT.601 of limited range, chroma averaged."""
    blue, green, red = np.moveaxis(image / 255, 2, 0)
    y = 16 + 65.481 * red + 128.553 * green + 24.966 * blue
    u = 128 - 37.797 * red - 74.203 * green + 112 * blue
    v = 128 + 112 * red - 93.786 * green - 18.214 * blue
    if encoding == 'nv24':
        return [_bytes(y), _bytes(np.dstack([u, v]).reshape(HEIGHT, -1))]
    u, v = ((plane[:, ::2] + plane[:, 1::2]) / 2 for plane in (u, v))
    if encoding in _PAIRS:
        parts = {'u': [u], 'v': [v], 'y': [y[:, ::2], y[:, 1::2]]}
        return [_bytes(np.dstack([parts[letter].pop(0) for letter in _PAIRS[encoding]]))]
    u, v = ((plane[::2] + plane[1::2]) / 2 for plane in (u, v))
    order = [u, v] if encoding == 'nv12' else [v, u]
    return [_bytes(y), _bytes(np.dstack(order).reshape(HEIGHT // 2, -1))]


def _bytes(plane: np.ndarray) -> np.ndarray:
    return np.rint(plane).clip(0, 255).astype(np.uint8)
