# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Where the classifier's images come from: a topic, or a camera node in the same process."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
import time
from typing import Any, TYPE_CHECKING

from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data, QoSProfile
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image

from rpi_classifier.clock import Clock
from rpi_classifier.frame import Frame
from rpi_classifier.latest import Latest
from rpi_classifier.nodes.classifier.silence import COMPRESSED_IMAGE, explain_silence, IMAGE
from rpi_classifier.nodes.common.from_messages import frame_of, stamp_of
from rpi_classifier.nodes.common.image_topics import resolve_image_topics

if TYPE_CHECKING:  # a classifier without a camera does not load the camera's modules
    from rpi_classifier.nodes.camera.node import CameraNode

# What waits here is taken at once, and replaced in the mailbox, unless Python stands still: for at
# most 0.23 s at 30 fps, while torch loads a model.
_QOS = QoSProfile(depth=7, reliability=qos_profile_sensor_data.reliability)


class ImageInput(Latest[Any]):
    """
    A mailbox with the newest image, filled while it listens.

    A subclass says what it listens to, and what the images are before they become frames.
    ``clock`` is that of the stamps. ``listen`` and ``close`` belong to the owner's thread,
    ``stamp_of`` and ``unpack`` to the one that takes the images: an image is judged by its stamp
    before it costs anything.
    """

    def __init__(
        self,
        clock: Clock,
        stamp_of: Callable[[Any], int],
        unpack: Callable[[Any, int], Frame] | None = None,
    ) -> None:
        """
        Make an empty mailbox that does not listen yet.

        :param stamp_of: returns the stamp of an image in nanoseconds.
        :param unpack: makes a frame of an image and the current time on the clock of its stamp;
            None if the images are frames. Both raise ImageError.
        """
        super().__init__()
        self.clock = clock
        self.stamp_of, self.unpack = stamp_of, unpack
        self.listening = False
        self._since_ns = 0  # when listening began or ended

    def listen(self, wanted: bool) -> None:
        """Start or stop listening; without a listener the images are not even sent."""
        if wanted == self.listening:
            return
        self.listening = wanted
        self._since_ns = time.monotonic_ns()
        if wanted:
            self._connect()
        else:
            self._disconnect()

    def silent_s(self) -> float:
        """Return the seconds since the newest image came, or since listening began."""
        return (time.monotonic_ns() - max(self.put_ns, self._since_ns)) / 1e9

    def listening_s(self) -> float:
        """Return the seconds since listening began or ended."""
        return (time.monotonic_ns() - self._since_ns) / 1e9

    def describe_source(self) -> str:
        """Say where images should come from, for a status that misses them."""
        raise NotImplementedError

    def measured_from(self) -> str:
        """Say what ``Frame.taken_ns`` is the time of: capture, or arrival if that is unknown."""
        return 'capture'

    def _connect(self) -> None:
        raise NotImplementedError

    def _disconnect(self) -> None:
        raise NotImplementedError


class CameraInput(ImageInput):
    """Takes the frames of a camera node in this process as they are."""

    def __init__(self, camera: CameraNode) -> None:
        """Prepare to listen to a camera."""
        super().__init__(camera.get_clock(), attrgetter('stamp_ns'))
        self._camera = camera

    def describe_source(self) -> str:
        """Say where images should come from, for a status that misses them."""
        return 'from the camera in this process, see the status of its stream'

    def _connect(self) -> None:
        self._camera.attach(self)

    def _disconnect(self) -> None:
        self._camera.detach(self)


class TopicInput(ImageInput):
    """
    Subscribes to a topic of images.

    The slot holds a message. It becomes a frame when it is unpacked, so that only images that are
    classified cost more than their way here, and not on the thread that receives them.
    """

    def __init__(self, node: Node, transport: str) -> None:
        """
        Prepare to subscribe; the log tells a name that decides for ``compressed`` by itself.

        :param transport: ``raw`` for the topic image, ``compressed`` for image/compressed.
        """
        super().__init__(node.get_clock(), stamp_of, self._frame_of)
        self._node = node
        topics = resolve_image_topics(node, 'image')
        if topics.compressed_meant and transport == 'raw':
            transport = 'compressed'
            node.get_logger().info(
                f'image is remapped to {topics.compressed_meant}, which names compressed images: '
                'they are taken, as with image_transport: compressed'
            )
        self._kind: type[Image | CompressedImage]
        if transport == 'raw':
            self._kind, self._type = Image, IMAGE
            self._topic, self._companion = topics.raw, topics.compressed
        else:
            self._kind, self._type = CompressedImage, COMPRESSED_IMAGE
            self._topic, self._companion = topics.compressed, topics.raw
        self._subscription: Subscription[Any] | None = None

    def _frame_of(self, message: Any, now_ns: int) -> Frame:
        came_ns = self.got_ns - self.waited_ns if self.clock.ros_time_is_active else None
        return frame_of(message, now_ns, came_ns)

    def describe_source(self) -> str:
        """Say where images should come from, and why none does, for a status that misses them."""
        topic, companion = map(self._node.resolve_topic_name, (self._topic, self._companion))
        return explain_silence(self._node, topic, self._type, _QOS, companion)

    def measured_from(self) -> str:
        """Say what ``Frame.taken_ns`` is the time of: capture, or arrival if that is unknown."""
        return 'arrival' if self.clock.ros_time_is_active else 'capture'

    def _connect(self) -> None:
        self._subscription = self._node.create_subscription(
            self._kind, self._topic, self.put, _QOS
        )

    def _disconnect(self) -> None:
        if self._subscription:
            self._node.destroy_subscription(self._subscription)
        self._subscription = None
