# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The classes that the live page shows, and the model that they come from."""

from __future__ import annotations

import math
import time
from typing import Any

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, qos_profile_sensor_data, QoSProfile
from rclpy.subscription import Subscription
from vision_msgs.msg import Classification, LabelInfo, VisionInfo

from rpi_classifier.inference.unknown import UNKNOWN_INDEX
from rpi_classifier.live.bulletin import Bulletin
from rpi_classifier.live.history import History
from rpi_classifier.nodes.common.to_messages import UNKNOWN_ID

_NEWEST = QoSProfile(depth=1, reliability=qos_profile_sensor_data.reliability)
_LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
_MOST_CLASSES = 20  # that the page shows
_MOST_CHARACTERS = 200  # of a label


class ResultInput:
    """Subscribes to the classifier's topics while somebody watches; on the executor's thread."""

    def __init__(self, node: Node, bulletin: Bulletin) -> None:
        """Prepare to subscribe."""
        self._node = node
        self._bulletin = bulletin
        self._history = History()
        self._subscriptions: list[Subscription[Any]] = []
        self._labels: dict[str, str] = {}  # by index, in decimal
        self._names: frozenset[str] = frozenset()
        self._newest_ns = 0
        self.model = ''
        self.by_index: bool | None = None  # what class_id is: an index or a name; None: unknown
        self.stop()

    @property
    def class_count(self) -> int:
        """Return the number of the model's classes; 0 if it is not known."""
        return len(self._labels.keys() - {str(UNKNOWN_INDEX)})

    @property
    def labels(self) -> frozenset[str]:
        """Return the names of the model's classes; none if they are not known."""
        return self._names

    def silent_s(self) -> float:
        """Return the seconds since the newest result came, or since somebody watches."""
        return (time.monotonic_ns() - self._newest_ns) / 1e9

    def stop(self) -> None:
        """End all subscriptions, and show nothing."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)
        self._subscriptions = []
        self._bulletin.post('top', [])
        self.show_stable('')

    def follow(self, wanted: bool) -> None:
        """Subscribe or not."""
        if wanted == bool(self._subscriptions):
            return
        if not wanted:
            self.stop()
            return
        self._newest_ns = time.monotonic_ns()
        subscribe = self._node.create_subscription
        self._subscriptions = [
            subscribe(LabelInfo, 'label_info', self._on_labels, _LATCHED),
            subscribe(VisionInfo, 'vision_info', self._on_model, _LATCHED),
            subscribe(Classification, 'classification', self._on_classes, _NEWEST),
            subscribe(Classification, 'stable_classification', self._on_stable, _LATCHED),
        ]

    def show_stable(self, label: str) -> None:
        """Show the class that is stable; empty: none is."""
        self._history.note(label, time.monotonic())
        self._bulletin.post('stable', label)
        self._bulletin.post('history', self._history.listed())

    def _on_labels(self, message: LabelInfo) -> None:
        self._labels = {
            str(UNKNOWN_INDEX if one.class_id == UNKNOWN_ID else one.class_id): one.class_name
            for one in message.class_map
        }
        self._names = frozenset(self._labels.values())

    def _on_model(self, message: VisionInfo) -> None:
        self.model = message.method

    def _on_classes(self, message: Classification) -> None:
        self._newest_ns = time.monotonic_ns()
        self._bulletin.post('top', self._listed(message))

    def _on_stable(self, message: Classification) -> None:
        classes = self._listed(message)
        self.show_stable(classes[0][0] if classes else '')

    def _listed(self, message: Classification) -> list[tuple[str, float]]:
        return [
            (self._name(result.class_id), result.score if math.isfinite(result.score) else 0.0)
            for result in message.results[:_MOST_CLASSES]
        ]

    def _name(self, class_id: str) -> str:
        """Return the name of a class; names may be numbers, too, so ``by_index`` decides."""
        is_name = class_id in self._names if self.by_index is None else not self.by_index
        name = class_id if is_name else self._labels.get(class_id, class_id)
        return name[:_MOST_CHARACTERS]
