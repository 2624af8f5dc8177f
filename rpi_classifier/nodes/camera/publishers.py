# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The topics of a camera: image_raw, image_raw/compressed and camera_info."""

from __future__ import annotations

from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from rpi_classifier.config import CameraConfig
from rpi_classifier.frame import Frame
from rpi_classifier.nodes.camera.calibration import CameraCalibration
from rpi_classifier.nodes.common import to_messages
from rpi_classifier.nodes.common.image_topics import ImageTopics, resolve_image_topics


class ImagePublishers:
    """Publishes frames, on each topic only while somebody subscribes to it."""

    def __init__(
        self, node: LifecycleNode, config: CameraConfig, calibration: CameraCalibration
    ) -> None:
        """Make the publishers; ``jpeg_quality`` may be changed later."""
        qos = QoSProfile(
            depth=config.qos_depth,
            reliability=ReliabilityPolicy[config.qos_reliability.upper()],
        )
        self._node = node
        self._calibration = calibration
        topics = _resolve_topics(node)
        self._image = node.create_lifecycle_publisher(Image, topics.raw, qos)
        self._jpeg = node.create_lifecycle_publisher(CompressedImage, topics.compressed, qos)
        self._info = node.create_lifecycle_publisher(CameraInfo, topics.camera_info, qos)
        self._topics = (self._image, self._jpeg, self._info)
        self._message: Image | None = None  # is filled again for every frame
        self.jpeg_quality = config.jpeg_quality

    def destroy(self) -> None:
        """Remove the topics."""
        for publisher in self._topics:
            self._node.destroy_lifecycle_publisher(publisher)

    def count_subscriptions(self) -> tuple[int, ...]:
        """Return the number of subscriptions to images, to JPEGs and to camera_info."""
        return tuple(publisher.get_subscription_count() for publisher in self._topics)

    def publish(self, frame: Frame) -> None:
        """Publish a frame on the topics that have subscriptions."""
        images, jpegs, infos = self.count_subscriptions()
        header = to_messages.header_of(frame)
        if images:
            self._message = to_messages.image_to_message(frame.image, header, self._message)
            self._image.publish(self._message)
        if jpegs:
            self._jpeg.publish(to_messages.image_to_jpeg(frame.image, header, self.jpeg_quality))
        if infos:
            height, width = frame.image.shape[:2]
            self._info.publish(self._calibration.info(header, width, height))


def _resolve_topics(node: LifecycleNode) -> ImageTopics:
    topics = resolve_image_topics(node, 'image_raw')
    if topics.compressed_meant:
        node.get_logger().warning(
            f'image_raw is remapped to {topics.compressed_meant}, which names compressed images: '
            f'JPEGs are published there, and raw images on {topics.raw}'
        )
    return topics
