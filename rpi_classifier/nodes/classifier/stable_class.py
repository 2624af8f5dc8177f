# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The topic stable_classification: published on change, for robots that act on it."""

from __future__ import annotations

import threading
import time

import numpy as np
from numpy.typing import NDArray
from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from rclpy.qos import QoSProfile
from std_msgs.msg import Header
from vision_msgs.msg import Classification

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.frame import Frame
from rpi_classifier.inference.classifier import Classifier, Prediction
from rpi_classifier.inference.smoothing import max_gap_s, Smoother
from rpi_classifier.nodes.common import to_messages


class StableClassPublisher:
    """
    Smooths while somebody subscribes, or ``always_on`` is set, and publishes changes.

    The topic is latched, so its last message must stay true. A class is therefore withdrawn, by a
    message without results, when images stop, when nobody wants the topic any more, and when the
    node is deactivated.

    ``wanted`` says whether ``note`` is to be called; ``follow_demand`` keeps it up to date.
    ``label`` is the name of the stable class, empty if there is none.
    """

    def __init__(self, node: LifecycleNode, classifier: Classifier, qos: QoSProfile) -> None:
        """
        Create the publisher.

        :param classifier: whose results come; it names the classes.
        """
        self._node = node
        self._classifier = classifier
        self._publisher: LifecyclePublisher[Classification] = node.create_lifecycle_publisher(
            Classification, 'stable_classification', qos
        )
        self._message = to_messages.ClassificationMessage()
        self._lock = threading.Lock()  # ``note`` and ``withdraw`` have different threads
        self._smoother = Smoother()
        self._frame_id = ''
        self._noted_ns = 0
        self.wanted = False
        self.label = ''

    def destroy(self) -> None:
        """Destroy the publisher."""
        self._node.destroy_lifecycle_publisher(self._publisher)

    def set_model(self, classifier: Classifier) -> None:
        """Withdraw the class, and name the classes of another model from now on."""
        self.withdraw()
        self._classifier = classifier

    def has_subscribers(self) -> bool:
        """Return True if somebody subscribes to the topic."""
        return bool(self._publisher.get_subscription_count())

    def follow_demand(self, config: ClassifierConfig, *, needed: bool) -> None:
        """
        Update ``wanted``, and withdraw a class that no recent image supports.

        :param needed: whether somebody else needs ``label``.
        """
        self.wanted = config.always_on or needed or self.has_subscribers()
        silent_s = abs(self._now_ns() - self._noted_ns) / 1e9  # simulated time may go back
        if not self.wanted or silent_s > max_gap_s(config):
            self.withdraw()

    def note(
        self, frame: Frame, probabilities: NDArray[np.float32], config: ClassifierConfig
    ) -> None:
        """
        Add an image that was classified; publish if that changes the stable class.

        :param frame: if it has no stamp, the node's time counts.
        :param probabilities: [shown], of all classes that are shown.
        """
        stamp_ns = frame.stamp_ns or self._node.get_clock().now().nanoseconds
        with self._lock:
            self._noted_ns, self._frame_id = self._now_ns(), frame.frame_id
            evidence = self._classifier.evidence(probabilities)
            if self._smoother.update(evidence, stamp_ns, config):
                self._publish(self._stable(), to_messages.header_of(frame), config.class_id)

    def withdraw(self) -> None:
        """Forget all images; if a class is stable, publish that none is any more."""
        with self._lock:
            stable, self._smoother = self._smoother.stable, Smoother()
            if stable is not None:
                stamp = self._node.get_clock().now().to_msg()
                self._publish([], Header(stamp=stamp, frame_id=self._frame_id), '')

    def _now_ns(self) -> int:
        """Return simulated time if the stamps are of it, else that of time.monotonic_ns."""
        clock = self._node.get_clock()
        now_ns: int = clock.now().nanoseconds if clock.ros_time_is_active else time.monotonic_ns()
        return now_ns

    def _stable(self) -> list[Prediction]:
        index = self._smoother.stable
        if index is None:
            return []
        return [self._classifier.prediction(index, self._smoother.score)]

    def _publish(self, predictions: list[Prediction], header: Header, class_id: str) -> None:
        self.label = predictions[0].label if predictions else ''
        self._publisher.publish(
            self._message.fill(predictions, header, by_index=class_id == 'index')
        )
