# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The names of all topics, relative to a node's namespace."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Topics:
    """The topics of a node, without /diagnostics, which both nodes publish."""

    publishes: tuple[str, ...] = ()
    subscribes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return all names."""
        return (*self.subscribes, *self.publishes)


IMAGE_TOPICS = ('image', 'image/compressed')
CAMERA_TOPICS = Topics(publishes=('image_raw', 'image_raw/compressed', 'camera_info'))
CLASSIFIER_TOPICS = Topics(
    publishes=(
        'classification',
        'stable_classification',
        'debug_image',
        'debug_image/compressed',
        'label_info',
        'vision_info',
    ),
    subscribes=IMAGE_TOPICS,
)
LIVE_TOPICS = Topics(
    subscribes=(
        *IMAGE_TOPICS,
        'classification',
        'stable_classification',
        'label_info',
        'vision_info',
    ),
)
ALL_TOPICS = (*CAMERA_TOPICS.names, *CLASSIFIER_TOPICS.names)  # those of the page are among them
