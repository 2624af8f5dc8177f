# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The part of an image that is classified: a rectangle in pixels, or in parts of the image."""

from __future__ import annotations

from dataclasses import astuple, dataclass
import functools

from rpi_classifier.errors import ConfigError, ImageError
from rpi_classifier.input_spec import Image
from rpi_classifier.wording import quote
from rpi_classifier.yaml_core import read_numbers, split_words

EXAMPLE = '0.25 0 0.5 1'
_ROUNDING = 1e-9  # 0.7 and 0.3 may be a little more than 1 together


@dataclass(frozen=True)
class Box:
    """A rectangle within an image, in pixels; ``x`` and ``y`` are its left and its upper edge."""

    x: int
    y: int
    width: int
    height: int

    def cut(self, image: Image) -> Image:
        """
        Return the part of an image that is in the box, without a copy.

        :param image: [H, W, ...], in which the box fits.
        :returns: [height, width, ...], a view.
        """
        return image[self.y : self.y + self.height, self.x : self.x + self.width]


@dataclass(frozen=True)
class Region:
    """
    A rectangle for images of any size.

    If both ``width`` and ``height`` are at most 1, all numbers are parts of the image's width and
    height; otherwise they are pixels.
    """

    x: float
    y: float
    width: float
    height: float

    def __str__(self) -> str:
        """Return it as the parameter has it."""
        return ' '.join(f'{number:.9g}' for number in astuple(self))

    @property
    def in_parts(self) -> bool:
        """Return True if the numbers are parts of 1, False if they are pixels."""
        return self.width <= 1 and self.height <= 1

    def box(self, height: int, width: int) -> Box:
        """
        Return the region in pixels of an image; parts of 1 have at least one pixel.

        :param height: of the image in pixels, as ``width``.
        :raises ImageError: if it does not fit into the image.
        """
        if self.in_parts:
            left, columns = _to_pixels(self.x, self.width, width)
            top, rows = _to_pixels(self.y, self.height, height)
            return Box(left, top, columns, rows)
        box = Box(int(self.x), int(self.y), int(self.width), int(self.height))
        if box.x + box.width > width or box.y + box.height > height:
            raise ImageError(
                f'region: {self} does not fit into an image of {width}x{height} '
                f'pixels; set a smaller one, or parts of 1, as in {EXAMPLE}',
                'region',
            )
        return box


WHOLE = Region(0, 0, 1, 1)


def cut_region(image: Image, text: str, name: str) -> Image:
    """
    Return the part of an image that the parameter ``region`` names; all of it if that is empty.

    :param name: of the image, for the error.
    :raises ConfigError: if it is no region of any image.
    :raises ImageError: if it does not fit into this one.
    """
    region = parse_region(text)
    try:
        return region.box(*image.shape[:2]).cut(image) if region else image
    except ImageError as error:
        raise ImageError(f'{name}: {error}', error.reason) from error


@functools.lru_cache(maxsize=16)
def parse_region(text: str) -> Region | None:
    """
    Return the region that the parameter ``region`` has; None if it is empty, or the whole image.

    :param text: left edge, upper edge, width and height, separated by blanks or commas.
    :raises ConfigError: if it is no region of any image.
    """
    if not split_words(text):
        return None
    numbers = read_numbers(text)
    if numbers is None or len(numbers) != 4:
        raise ConfigError(
            f'region: {quote(text)} is not four numbers: x, y, width and height in pixels or in '
            f'parts of 1, as in {EXAMPLE}'
        )
    region = Region(*numbers)
    if reason := _explain_impossible(region):
        raise ConfigError(f'region: {quote(text)} {reason}')
    return None if region == WHOLE else region


def spell_region(text: str) -> str:
    """Return a text of numbers with single blanks between them."""
    return ' '.join(split_words(text))


def _explain_impossible(region: Region) -> str:
    """Return why no image has a region; empty if some have."""
    if min(astuple(region)) < 0 or not (region.width and region.height):
        return 'is not within an image; x and y are at least 0, width and height more'
    if region.in_parts:
        ends = region.x + region.width, region.y + region.height
        beyond = max(ends) > 1 + _ROUNDING
        return 'goes beyond the image: x + width and y + height are at most 1' if beyond else ''
    if min(region.width, region.height) <= 1 or not all(
        number.is_integer() for number in astuple(region)
    ):
        return (
            'mixes pixels and parts of 1; write whole pixels, at least 2 for width and height, '
            f'or four parts of 1, as in {EXAMPLE}'
        )
    return ''


def _to_pixels(start: float, length: float, pixels: int) -> tuple[int, int]:
    """Return where parts of 1 begin, and how long they are."""
    first = min(round(start * pixels), pixels - 1)
    return first, max(min(round((start + length) * pixels), pixels) - first, 1)
