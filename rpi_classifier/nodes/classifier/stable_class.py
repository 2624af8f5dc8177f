# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The topic stable_classification: published on change, for robots that act on it."""

from __future__ import annotations

import threading
import time

from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from rclpy.qos import QoSProfile
from std_msgs.msg import Header
from vision_msgs.msg import Classification

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.inference.classifier import Classifier, Prediction
from rpi_classifier.inference.smoothing import max_gap_s, Smoother
from rpi_classifier.nodes.common import to_messages


class StableClassPublisher:
    """
    Smooths while somebody subscribes, or ``always_on``, and publishes changes.

    The topic is latched, so its last message must be true. A class is therefore taken back, by a
    message without results, when images stop, when nobody is left to smooth for, and when the
    node is deactivated.
    """

    def __init__(self, node: LifecycleNode, qos: QoSProfile) -> None:
        """Make the publisher."""
        self._node = node
        self._publisher: LifecyclePublisher[Classification] = node.create_lifecycle_publisher(
            Classification, 'stable_classification', qos
        )
        self._message = to_messages.ClassificationMessage()
        self._lock = threading.Lock()  # images come on another thread than the end of them
        self._smoother = Smoother()
        self._frame_id = ''
        self._noted_ns = 0
        self._wanted = False

    def destroy(self) -> None:
        """Take the topic down."""
        self._node.destroy_lifecycle_publisher(self._publisher)

    def follow_demand(self, config: ClassifierConfig) -> bool:
        """Return True if anybody wants the topic; takes the class back if that has no ground."""
        self._wanted = config.always_on or self._publisher.get_subscription_count() > 0
        silent_s = (time.monotonic_ns() - self._noted_ns) / 1e9
        if not self._wanted or silent_s > max_gap_s(config):
            self.withdraw()
        return self._wanted

    def note(self, classifier: Classifier, header: Header, config: ClassifierConfig) -> None:
        """
        Take the image that was classified last.

        :param header: of the image; without a stamp, the node's time is taken.
        """
        if not self._wanted:
            return
        stamp_ns = to_messages.stamp_ns(header) or self._node.get_clock().now().nanoseconds
        with self._lock:
            self._noted_ns, self._frame_id = time.monotonic_ns(), header.frame_id
            if not self._smoother.update(classifier.probabilities(), stamp_ns, config):
                return
            index = self._smoother.stable
            predictions = []
            if index is not None:
                label = classifier.labels[index]
                predictions = [Prediction(index, label, self._smoother.score)]
            self._publish(predictions, header, config.class_id)

    def withdraw(self) -> None:
        """Forget all images; if a class is stable, publish that none is any more."""
        with self._lock:
            stable, self._smoother = self._smoother.stable, Smoother()
            if stable is not None:
                stamp = self._node.get_clock().now().to_msg()
                self._publish([], Header(stamp=stamp, frame_id=self._frame_id), '')

    def _publish(self, predictions: list[Prediction], header: Header, class_id: str) -> None:
        self._publisher.publish(
            self._message.fill(predictions, header, by_index=class_id == 'index')
        )
