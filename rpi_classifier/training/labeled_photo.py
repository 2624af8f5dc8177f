# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A photo, its class, and the part of it that a network sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from rpi_classifier.images.decode import read_image_file
from rpi_classifier.input_spec import Image
from rpi_classifier.region import cut_region
from rpi_classifier.wording import printable_path


@dataclass(frozen=True)
class LabeledPhoto:
    """
    A photo and its class: the index of its name in the labels.

    ``region`` is the part of it that the network sees, as the parameter of that name.
    """

    path: Path
    label: int
    region: str = ''

    def read(self) -> Image:
        """
        Return what the network sees, [H, W, 3] BGR bytes.

        :raises ImageError: if the photo cannot be decoded, or the region does not fit into it.
        """
        return cut_region(read_image_file(self.path), self.region, printable_path(self.path))


def limit_to_region(photos: Iterable[LabeledPhoto], region: str) -> list[LabeledPhoto]:
    """Return photos of which the network sees that part only."""
    return [replace(photo, region=region) for photo in photos]
