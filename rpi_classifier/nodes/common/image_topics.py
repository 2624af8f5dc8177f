# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The topics that belong together, named as image_transport names them: they follow the base."""

from __future__ import annotations

from dataclasses import dataclass

from rclpy.node import Node

_COMPRESSED = '/compressed'


@dataclass(frozen=True)
class ImageTopics:
    """
    The names of one stream's topics, to create publishers and subscriptions with.

    Someone may remap the base to the topic of the compressed images; ``compressed_meant`` is that
    name then, and ``raw`` is the base before its last part. Otherwise it is empty.
    """

    raw: str
    compressed: str
    camera_info: str
    compressed_meant: str = ''


def resolve_image_topics(node: Node, base: str) -> ImageTopics:
    """
    Return the names that follow from the remapping of the raw topic.

    A companion that is itself remapped keeps that name.

    :param base: the name of the raw topic in the node, without a slash: ``image_raw``.
    """
    resolved = node.resolve_topic_name(base)
    raw = resolved.removesuffix(_COMPRESSED) or resolved
    meant = resolved if raw != resolved else ''
    return ImageTopics(
        # A name that was resolved once is not resolved again: two rules may swap two cameras.
        raw=raw if meant else base,
        compressed=_companion(node, base + _COMPRESSED, raw + _COMPRESSED),
        camera_info=_companion(node, 'camera_info', raw.rpartition('/')[0] + '/camera_info'),
        compressed_meant=meant,
    )


def _companion(node: Node, name: str, derived: str) -> str:
    remapped = node.resolve_topic_name(name) != node.resolve_topic_name(name, only_expand=True)
    return name if remapped else derived
