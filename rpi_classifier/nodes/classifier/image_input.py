# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Where the classifier's images come from: a topic, or a camera node in the same process."""

from __future__ import annotations

import time
from typing import Any, TYPE_CHECKING

from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data, QoSProfile
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image

from rpi_classifier.clock import Clock
from rpi_classifier.errors import ImageError
from rpi_classifier.frame import Frame
from rpi_classifier.latest import Latest
from rpi_classifier.nodes.classifier.rejected_images import RejectedImages
from rpi_classifier.nodes.common.from_messages import frame_of
from rpi_classifier.nodes.common.topics import IMAGE_TOPICS

if TYPE_CHECKING:  # a classifier without a camera does not load the camera's modules
    from rpi_classifier.nodes.camera.node import CameraNode

_NEWEST = QoSProfile(depth=1, reliability=qos_profile_sensor_data.reliability)
_TOPICS = {'raw': (Image, IMAGE_TOPICS[0]), 'compressed': (CompressedImage, IMAGE_TOPICS[1])}


class ImageInput(Latest[Frame]):
    """
    A mailbox with the newest frame, filled while it listens.

    A subclass says what it listens to. ``clock`` is that of the stamps. ``listen`` and ``close``
    belong to the owner's thread.
    """

    def __init__(self, clock: Clock) -> None:
        """Make an empty mailbox that does not listen yet."""
        super().__init__()
        self.clock = clock
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
        super().__init__(camera.get_clock())
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

    The slot holds a message. It becomes a frame when it is taken, so that only images that are
    classified are unpacked, and not on the thread that receives them.
    """

    def __init__(self, node: Node, transport: str, rejected: RejectedImages) -> None:
        """
        Prepare to subscribe.

        :param transport: ``raw`` for the topic image, ``compressed`` for image/compressed.
        :param rejected: counts the messages that hold no usable image.
        """
        super().__init__(node.get_clock())
        self._node = node
        self._kind, self._topic = _TOPICS[transport]
        self._rejected = rejected
        self._subscription: Subscription[Any] | None = None

    def get(self, timeout_s: float | None = None) -> Frame:
        """Wait for the next message with a usable image and return its frame."""
        while True:
            message: Any = super().get(timeout_s)
            came_ns = self.got_ns - self.waited_ns if self.clock.ros_time_is_active else None
            try:
                return frame_of(message, self.clock.now().nanoseconds, came_ns)
            except ImageError as error:
                self._rejected.note(error)

    def describe_source(self) -> str:
        """Say where images should come from, for a status that misses them."""
        topic = self._node.resolve_topic_name(self._topic)
        return f'on {topic}, which has {self._node.count_publishers(topic)} publishers'

    def measured_from(self) -> str:
        """Say what ``Frame.taken_ns`` is the time of: capture, or arrival if that is unknown."""
        return 'arrival' if self.clock.ros_time_is_active else 'capture'

    def _connect(self) -> None:
        self._subscription = self._node.create_subscription(
            self._kind, self._topic, self.put, _NEWEST
        )

    def _disconnect(self) -> None:
        if self._subscription:
            self._node.destroy_subscription(self._subscription)
        self._subscription = None
