# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Where the classifier's images come from: a topic, or a camera node in the same process."""

from __future__ import annotations

import time
from typing import Any, Protocol, TypeAlias

from rclpy.lifecycle import LifecycleNode
from rclpy.qos import qos_profile_sensor_data, QoSProfile
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from rpi_classifier.camera.source import Frame
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.inference.timestamps import TimestampFilter
from rpi_classifier.input_spec import Image as BgrImage
from rpi_classifier.latest import Latest
from rpi_classifier.nodes.common import from_messages, to_messages

Item: TypeAlias = 'Image | CompressedImage | Frame'

_NEWEST = QoSProfile(depth=1, reliability=qos_profile_sensor_data.reliability)


class FrameSource(Protocol):
    """What hands frames over in the same process: the camera node."""

    config: Any

    def attach(self, mailbox: Latest[Any]) -> None:
        """Begin."""

    def detach(self, mailbox: Latest[Any]) -> None:
        """End."""


class Intake:
    """Keeps the newest image, while it is told to listen."""

    def __init__(self, node: LifecycleNode, source: FrameSource | None, transport: str) -> None:
        """
        Prepare.

        :param source: hands over frames in place of a topic.
        :param transport: ``raw`` for the topic image, ``compressed`` for image/compressed.
        """
        self._node = node
        self._source = source
        self._compressed = transport == 'compressed'
        self._subscription: Subscription[Any] | None = None
        self._stamps = TimestampFilter()
        self._since_ns = 0
        self.mailbox: Latest[Item] = Latest()
        self.listening = False

    def listen(self, wanted: bool) -> None:
        """Begin or end; a topic that nobody needs is not even subscribed to."""
        if wanted == self.listening:
            return
        self.listening = wanted
        self._since_ns = time.monotonic_ns()
        if self._source:
            (self._source.attach if wanted else self._source.detach)(self.mailbox)
        elif wanted:
            kind, topic = (
                (CompressedImage, 'image/compressed') if self._compressed else (Image, 'image')
            )
            self._subscription = self._node.create_subscription(
                kind, topic, self.mailbox.put, _NEWEST
            )
        elif self._subscription:
            self._node.destroy_subscription(self._subscription)
            self._subscription = None

    def close(self) -> None:
        """End, and wake whoever waits at the mailbox."""
        self.listen(False)
        self.mailbox.close()

    def silent_s(self) -> float:
        """Return the seconds since the last image came, or since listening began."""
        return (time.monotonic_ns() - max(self.mailbox.put_ns, self._since_ns)) / 1e9

    def listening_s(self) -> float:
        """Return the seconds since listening began or ended."""
        return (time.monotonic_ns() - self._since_ns) / 1e9

    def describe_source(self) -> str:
        """Say where images should come from, for whoever misses them."""
        if self._subscription is None:
            return 'from the camera in this process, see the status of its stream'
        topic = self._subscription.topic_name
        return f'on {topic}, which has {self._node.count_publishers(topic)} publishers'

    def unpack(self, item: Item, now_ns: int, config: ClassifierConfig) -> tuple[BgrImage, Header]:
        """
        Return an image and its header.

        :param now_ns: the node's time.
        :raises ImageError: if its stamp cannot be right, or a message holds no usable image.
        """
        if isinstance(item, Frame):
            assert self._source
            header = to_messages.frame_header(item, self._source.config.frame_id)
        else:
            header = item.header
        stamp_ns = to_messages.stamp_ns(header)
        self._stamps.check(stamp_ns, now_ns, config.max_age, config.max_ahead)
        return item.image if isinstance(item, Frame) else from_messages.to_bgr(item), header
