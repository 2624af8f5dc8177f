# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What was seen, drawn into the image that it was seen in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
import PIL.Image
import PIL.ImageDraw

from rpi_classifier.images.font import AnyFont, FontFile
from rpi_classifier.input_spec import Image
from rpi_classifier.region import Box

_LINES, _LETTERS = 24, 20  # of text in the height and in the width of an image ...
_SMALLEST, _LARGEST = 10, 44  # ... with letters of so many pixels
_MOST_OF_HEIGHT = 0.45  # that bars may cover
_DIMMED = 0.35  # of the image's brightness behind text
_OUTSIDE = 0.5  # and outside of the part that was looked at
_OUTLINE = (0, 200, 255)  # BGR: visible on bright and on dark images
_WHITE, _GRAY = (255, 255, 255), (205, 205, 205)  # RGB
_BAR, _STABLE_BAR = (31, 119, 180), (33, 135, 70)


@dataclass(frozen=True)
class Overlay:
    """
    What is drawn: classes with their scores from 0 to 1, best first, and two lines of text.

    ``headline`` is the stable class, drawn large, and may be empty; ``note`` is for figures.
    ``box`` is the part of the image that was looked at, None for all of it.
    """

    classes: Sequence[tuple[str, float]]
    headline: str
    note: str
    box: Box | None = None


def draw_overlay(image: Image, overlay: Overlay, font: FontFile) -> Image:
    """
    Return a copy of an image with the overlay drawn into it.

    :param image: [H, W, 3] uint8 BGR, any size; of a small one as many bars as fit have room.
    :returns: [H, W, 3] uint8 BGR.
    """
    drawn = _point_out(image, overlay.box) if overlay.box else image.copy()
    height, width = image.shape[:2]
    size = int(min(max(min(height / _LINES, width / _LETTERS), _SMALLEST), _LARGEST))
    line = round(1.4 * size)
    _draw_head(drawn, overlay, font, size)
    count = min(len(overlay.classes), int(_MOST_OF_HEIGHT * height / line))
    if count:
        _draw_bars(drawn[height - count * line :], overlay, font.of_size(size), line)
    return drawn


def _point_out(image: Image, box: Box) -> Image:
    """Return a copy of an image that is dimmed outside of a box with a line around it."""
    drawn: Image = cv2.convertScaleAbs(image, alpha=_OUTSIDE)  # type: ignore[assignment]
    box.cut(drawn)[:] = box.cut(image)
    line = 1 + min(image.shape[:2]) // 240
    lower, right = box.y + box.height - 1, box.x + box.width - 1
    cv2.rectangle(drawn, (box.x, box.y), (right, lower), _OUTLINE, line)
    return drawn


def _draw_head(image: Image, overlay: Overlay, font: FontFile, size: int) -> None:
    """Write the headline and, to its right or below it, the note to the top of an image."""
    width, pad = image.shape[1], size // 3
    small, large = font.of_size(size), font.of_size(round(1.3 * size))
    headline = _shorten(overlay.headline, large, width - 2 * pad)
    note = _shorten(overlay.note, small, width - 2 * pad)
    room = width - 3 * pad - large.getlength(headline)
    line = 2 * size
    below = 0 if not headline or small.getlength(note) <= room else round(1.4 * size)
    with _Canvas(image[: line + below]) as draw:
        draw.text((pad, line / 2), headline, _WHITE, large, anchor='lm')
        draw.text((width - pad, line / 2 + below), note, _GRAY, small, anchor='rm')


def _draw_bars(strip: NDArray[np.uint8], overlay: Overlay, font: AnyFont, line: int) -> None:
    """Draw one bar per class, as long as its score, with its name and its percentage on it."""
    height, width = strip.shape[:2]
    pad, scores = line // 4, font.getlength('100 %')
    with _Canvas(strip) as draw:
        for row, (label, score) in enumerate(overlay.classes[: height // line]):
            top, middle = row * line, row * line + line / 2
            bar = _STABLE_BAR if label == overlay.headline else _BAR
            draw.rectangle((0, top + 1, round(score * (width - 1)), top + line - 2), bar)
            name = _shorten(label, font, width - scores - 3 * pad)
            draw.text((pad, middle), name, _WHITE, font, anchor='lm')
            draw.text((width - pad, middle), f'{100 * score:.0f} %', _WHITE, font, anchor='rm')


class _Canvas:
    """A part of an image, dimmed, to draw on by Pillow; written back at the end."""

    def __init__(self, part: NDArray[np.uint8]) -> None:
        self._part = part
        dimmed = cv2.convertScaleAbs(part, alpha=_DIMMED)
        self._picture = PIL.Image.fromarray(cv2.cvtColor(dimmed, cv2.COLOR_BGR2RGB))

    def __enter__(self) -> PIL.ImageDraw.ImageDraw:
        return PIL.ImageDraw.Draw(self._picture)

    def __exit__(self, *_: object) -> None:
        self._part[:] = cv2.cvtColor(np.asarray(self._picture), cv2.COLOR_RGB2BGR)


def _shorten(text: str, font: AnyFont, width: float) -> str:
    """Return a text on one line, cut off with an ellipsis where it is wider than ``width``."""
    text = ' '.join(text.split())
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f'{text}…') > width:
        text = text[:-1]
    return f'{text}…' if text else ''
