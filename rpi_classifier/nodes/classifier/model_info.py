# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What other nodes can learn about the loaded model."""

from __future__ import annotations

from typing import Any

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.qos import QoSProfile
from std_msgs.msg import Header
from vision_msgs.msg import LabelInfo, VisionInfo

from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.nodes.common import to_messages
from rpi_classifier.nodes.common.managed_node import ManagedNode

CLASS_LABELS = 'class_labels'  # the parameter that vision_info points to


class ModelInfoPublisher:
    """Publishes label_info and vision_info per model and sets the parameter class_labels."""

    def __init__(
        self, node: ManagedNode[Any], classifier: Classifier, threshold: float, qos: QoSProfile
    ) -> None:
        """
        Declare the parameter and publish.

        :param threshold: the score below which classes are left out of results.
        :param qos: of both topics; latched, so that late subscribers get the messages.
        """
        self._node = node
        self._threshold = threshold
        node.declare_parameter(
            CLASS_LABELS,
            list(classifier.labels),
            ParameterDescriptor(description="The loaded model's class names; set by the node"),
            ignore_override=True,  # `ros2 param dump` writes it into files that start a node again
        )
        self._labels = node.create_publisher(LabelInfo, 'label_info', qos)
        self._vision = node.create_publisher(VisionInfo, 'vision_info', qos)
        self._publish(classifier)

    def announce(self, classifier: Classifier) -> None:
        """Tell of another model, or of other classes: first both topics, then the parameter."""
        self._publish(classifier)
        self._node.set_internal_parameter(CLASS_LABELS, list(classifier.labels))

    def destroy(self) -> None:
        """Remove the topics and the parameter."""
        self._node.undeclare_parameter(CLASS_LABELS)
        self._node.destroy_publisher(self._labels)
        self._node.destroy_publisher(self._vision)

    def _publish(self, classifier: Classifier) -> None:
        header = Header(stamp=self._node.get_clock().now().to_msg())
        labels = to_messages.label_info(
            classifier.indices, classifier.labels, header, self._threshold
        )
        self._labels.publish(labels)
        self._vision.publish(
            VisionInfo(
                header=header,
                method=classifier.name,
                database_location=f'{self._node.get_fully_qualified_name()}/{CLASS_LABELS}',
            )
        )
