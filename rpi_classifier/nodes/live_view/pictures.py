# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The picture of the live page: the camera's own JPEG, or one encoding for all viewers."""

from __future__ import annotations

import threading
import time
from typing import Any

from rclpy.qos import qos_profile_sensor_data, QoSProfile
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import ImageError
from rpi_classifier.images.compressed import parse_format
from rpi_classifier.images.encode import encode_jpeg
from rpi_classifier.images.jpeg import read_jpeg_outline, SIGNATURE
from rpi_classifier.latest import Latest
from rpi_classifier.live.app import LivePage
from rpi_classifier.nodes.common.from_messages import to_bgr
from rpi_classifier.nodes.common.image_topics import resolve_image_topics
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.common.worker import WorkerThread

_NEWEST = QoSProfile(depth=1, reliability=qos_profile_sensor_data.reliability)
_TYPES = {'raw': Image, 'compressed': CompressedImage}


class PictureInput:
    """
    Subscribes to images while somebody watches, and shows them to all viewers.

    ``stop`` and ``follow`` belong to the executor's thread. The thread ``draw`` makes JPEGs, so
    that a large image delays neither the server nor parameters.
    """

    def __init__(self, node: ManagedNode[LiveViewConfig], page: LivePage) -> None:
        """Prepare to subscribe."""
        self._node = node
        names = resolve_image_topics(node, 'image')
        self._topics = {'raw': names.raw, 'compressed': names.compressed}
        self._pictures = page.pictures
        self._images: Latest[Image | CompressedImage] = Latest()
        self._thread = WorkerThread('draw', self._images, self._show, node.fail)
        self._stopping = threading.Event()
        self._showing = threading.Lock()  # no picture may follow the end of watching
        self._kind = ''  # raw, compressed, or empty while nobody watches
        self._subscription: Subscription[Any] | None = None
        self._since_ns = 0
        self.words = ''  # what is shown
        self.refusal = ''  # why an image cannot be shown

    @property
    def topic(self) -> str:
        """Return the name of the topic that is, or would be, subscribed to."""
        topic = self._topics[self._kind or self._choose()]
        return self._node.resolve_topic_name(topic)  # type: ignore[no-any-return]

    @property
    def watched(self) -> bool:
        """Return whether somebody watches."""
        return bool(self._kind)

    def silent_s(self) -> float:
        """Return the seconds since the newest image came, or since somebody watches."""
        return (time.monotonic_ns() - max(self._images.put_ns, self._since_ns)) / 1e9

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End subscription and thread."""
        self.follow(False)
        self._stopping.set()
        self._images.close()
        self._thread.join()

    def follow(self, wanted: bool) -> None:
        """Subscribe or not; of two kinds of images, follow the one that is published."""
        kind = self._choose() if wanted else ''
        if kind == self._kind:
            return
        if self._subscription:
            self._node.destroy_subscription(self._subscription)
            self._subscription = None
        if not (kind and self._kind):
            self._since_ns = time.monotonic_ns()
        with self._showing:
            self._kind, self.refusal = kind, ''
            if not kind:
                self._pictures.put(None)
        if kind:
            self._subscription = self._node.create_subscription(
                _TYPES[kind], self._topics[kind], self._images.put, _NEWEST
            )

    def _choose(self) -> str:
        if self._node.config.image_transport != 'auto':
            return self._node.config.image_transport
        topics = {kind: self._node.resolve_topic_name(name) for kind, name in self._topics.items()}
        published = [kind for kind, topic in topics.items() if self._node.count_publishers(topic)]
        return published[-1] if published else self._kind or 'raw'

    def _show(self, message: Image | CompressedImage) -> None:
        started_ns, config = time.monotonic_ns(), self._node.config
        try:
            jpeg, self.words = _to_jpeg(message, config.jpeg_quality)
        except ImageError as error:
            self.refusal = str(error)
            return
        with self._showing:
            self.refusal = ''
            if self._kind:
                self._pictures.put(jpeg)
        spent_s = (time.monotonic_ns() - started_ns) / 1e9
        self._stopping.wait(max(0.0, 1 / config.max_fps - spent_s))


def _to_jpeg(message: Image | CompressedImage, quality: int) -> tuple[bytes, str]:
    """
    Return a message's image as JPEG, and what it is in words.

    :raises ImageError: if it holds no usable image.
    """
    if isinstance(message, CompressedImage):
        data = bytes(message.data)
        outline = read_jpeg_outline(memoryview(data)) if data.startswith(SIGNATURE) else None
        told = parse_format(message.format)
        mosaic = told.encoding.startswith('bayer_') and not told.pixels
        if outline and outline.complete and not mosaic:
            return data, f"{outline.width}x{outline.height}, the camera's own JPEG"
    image = to_bgr(message)
    encoded = encode_jpeg(image, quality)
    return bytes(encoded), f'{image.shape[1]}x{image.shape[0]}, encoded with quality {quality}'
