# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a command hears in a running ROS graph: images, or the changes of a classifier."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
import os
import time
from types import TracebackType
from typing import Any, TypeAlias

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import (
    DurabilityPolicy,
    qos_check_compatible,
    QoSCompatibility,
    QoSProfile,
    ReliabilityPolicy,
)
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import CompressedImage, Image
from vision_msgs.msg import Classification

from rpi_classifier.errors import ConfigError, EncodingError, ImageError, NothingCame
from rpi_classifier.images.compressed import is_plain_jpeg
from rpi_classifier.images.picture import Picture
from rpi_classifier.input_spec import Image as BgrImage
from rpi_classifier.nodes.common.from_messages import to_bgr
from rpi_classifier.wording import quote

_IMAGES = {'sensor_msgs/msg/Image': Image, 'sensor_msgs/msg/CompressedImage': CompressedImage}
_CLASSES = {'vision_msgs/msg/Classification': Classification}
_POLL_S = 0.1  # between two looks at the graph; Ctrl-C waits as long
_EndpointInfo: TypeAlias = Any  # TopicEndpointInfo, which distributions have in other modules


def receive_image(topic: str, wait_s: float) -> BgrImage:
    """
    Return the next image of a topic, raw or compressed as its publisher has it.

    :param wait_s: longest wait in seconds.
    :returns: [H, W, 3] uint8 BGR.
    :raises NothingCame: if no image comes in time.
    :raises ConfigError: if the topic's name is malformed, or ROS 2 does not start.
    :raises ImageError: if the message holds no usable image.
    """
    with _Listener(topic, _IMAGES, 'classify') as listener:
        message = listener.receive(wait_s)
    try:
        return to_bgr(message)
    except ImageError as error:
        raise ImageError(f'the image on {listener.topic} was refused: {error}') from error


def sample_images(
    topic: str, every_s: float, wait_s: float, tell: Callable[[str], None]
) -> Iterator[Picture]:
    """
    Yield an image of a topic every so many seconds; never ends. The others are not decoded.

    :param wait_s: longest wait for an image, in seconds.
    :param tell: is told of the first image that cannot be used; such images are left out.
    :raises NothingCame: if no image comes in time.
    :raises ConfigError: if the topic's name is malformed, or ROS 2 does not start.
    :raises ImageError: if the encoding is not that of a picture, or no image can be used for as
        long as ``wait_s``.
    """
    refused_s: float | None = None  # since when no image could be used
    told = False
    with _Listener(topic, _IMAGES, 'collect') as listener:
        due_s = time.monotonic()
        while True:
            message = listener.receive(wait_s)
            now_s = time.monotonic()
            if now_s < due_s:
                continue
            try:
                picture = _picture_of(message)
            except ImageError as error:
                refused_s = refused_s or now_s
                sentence = f'an image on {listener.topic} was refused: {error}'
                if isinstance(error, EncodingError) or now_s - refused_s > wait_s:
                    raise ImageError(sentence) from error
                if not told:
                    tell(f'{sentence} (left out)')
                told = True
                continue
            due_s, refused_s = max(due_s + every_s, now_s), None
            yield picture


def _picture_of(message: Any) -> Picture:
    """Return the image of a message, with its JPEG if that needs no other explanation."""
    image = to_bgr(message)
    plain = isinstance(message, CompressedImage) and is_plain_jpeg(
        memoryview(message.data), message.format
    )
    return Picture(image, bytes(message.data) if plain else None)


def watch_classes(topic: str, wait_s: float) -> Iterator[Classification]:
    """
    Yield the first result of a classifier, and each one with another best class; never ends.

    :param wait_s: longest wait in seconds, for the first result only.
    :raises NothingCame: if no result comes in time.
    :raises ConfigError: if the topic's name is malformed, or ROS 2 does not start.
    """
    with _Listener(topic, _CLASSES, 'classify') as listener:
        message = listener.receive(wait_s)
        while True:
            yield message
            best = _best(message)
            while _best(message) == best:
                message = listener.receive(None)


def _best(message: Classification) -> str | None:
    return message.results[0].class_id if message.results else None


class _Listener:
    """A node with one subscription, made once the topic has a publisher of a fitting type."""

    def __init__(self, topic: str, kinds: Mapping[str, type], command: str) -> None:
        """
        Prepare.

        :param kinds: the names of the fitting types, and their classes.
        :param command: begins the name of the node.
        """
        self.topic = topic
        self._name = f'{command}_{os.getpid()}'
        self._kinds = kinds
        self._context = Context()
        self._messages: deque[Any] = deque()
        self._qos: QoSProfile | None = None  # of the subscription, once there is one

    def __enter__(self) -> _Listener:
        """Join the graph."""
        try:
            rclpy.init(
                args=[], context=self._context, signal_handler_options=SignalHandlerOptions.NO
            )
        except Exception as error:  # rclpy has no common base for it
            raise ConfigError(f'ROS 2 does not start: {str(error).splitlines()[0]}') from error
        self._node = Node(self._name, context=self._context, start_parameter_services=False)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        try:
            self.topic = self._node.resolve_topic_name(self.topic)
        except Exception as error:
            self.__exit__(None, None, None)
            raise ConfigError(
                f'--topic: {quote(self.topic)} is not the name of a topic; write it as '
                '/camera/image_raw'
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the graph."""
        self._executor.shutdown()
        self._node.destroy_node()
        rclpy.shutdown(context=self._context)

    def receive(self, wait_s: float | None) -> Any:
        """
        Return the next message.

        :param wait_s: longest wait in seconds; None: no limit.
        :raises NothingCame: if none comes in time; says why.
        """
        end = None if wait_s is None else time.monotonic() + wait_s
        while not self._messages:
            if end is not None and time.monotonic() > end:
                raise NothingCame(
                    f'nothing came on {self.topic} within {wait_s:g} s: {self._explain()}'
                )
            if self._qos is None:
                self._subscribe()
            self._executor.spin_once(timeout_sec=_POLL_S)
        return self._messages.popleft()

    def _publishers(self) -> list[_EndpointInfo]:
        return list(self._node.get_publishers_info_by_topic(self.topic))

    def _subscribe(self) -> None:
        """Subscribe as the publishers offer it: reliable and latched if all of them are."""
        fitting = [one for one in self._publishers() if one.topic_type in self._kinds]
        if not fitting:
            return
        offers = [one.qos_profile for one in fitting]
        reliable, latched = ReliabilityPolicy.RELIABLE, DurabilityPolicy.TRANSIENT_LOCAL
        all_reliable = all(offer.reliability == reliable for offer in offers)
        all_latched = all(offer.durability == latched for offer in offers)
        self._qos = QoSProfile(
            depth=10,
            reliability=reliable if all_reliable else ReliabilityPolicy.BEST_EFFORT,
            durability=latched if all_latched else DurabilityPolicy.VOLATILE,
        )
        kind = self._kinds[fitting[0].topic_type]
        self._node.create_subscription(kind, self.topic, self._note, self._qos)

    def _note(self, message: Any) -> None:
        self._messages.append(message)

    def _explain(self) -> str:
        """Say why no message came."""
        publishers = self._publishers()
        if not publishers:
            others = ', '.join(self._find_others())
            return 'it has no publisher; ' + (
                f'of this kind there is {others}' if others else 'start the node that has it'
            )
        if self._qos is None:
            found = ', '.join(sorted({one.topic_type for one in publishers}))
            return f'it is of type {found}; expected {" or ".join(self._kinds)}'
        for publisher in publishers:
            level, reason = qos_check_compatible(publisher.qos_profile, self._qos)
            if level == QoSCompatibility.ERROR:
                return f'the QoS of {publisher.node_name} does not fit: {reason.strip()}'
        return f'it has {len(publishers)} publishers, but they are silent'

    def _find_others(self) -> list[str]:
        """Return the topics of fitting types that have publishers."""
        return sorted(
            topic
            for topic, kinds in self._node.get_topic_names_and_types()
            if set(kinds) & set(self._kinds) and self._node.count_publishers(topic)
        )
