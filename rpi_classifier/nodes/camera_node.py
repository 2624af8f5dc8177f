# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""The camera node: frames as sensor_msgs/Image."""

from __future__ import annotations

import sys
import threading
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.lifecycle import LifecyclePublisher
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, Image

from rpi_classifier.capture import Frame, open_source
from rpi_classifier.config import CameraConfig
from rpi_classifier.grabber import Grabber
from rpi_classifier.latest import Closed, Latest
from rpi_classifier.nodes import conversions, diagnostics
from rpi_classifier.nodes.managed import ManagedNode, run


class CameraNode(ManagedNode[CameraConfig]):
    """Publishes image_raw and camera_info while somebody subscribes."""

    def __init__(self, **options: Any) -> None:
        """Declare the parameters; ``options`` go to rclpy's node."""
        self._grabber: Grabber | None = None
        self._outbox: Latest[Frame] = Latest()
        self._thread: threading.Thread | None = None
        self._sinks: tuple[Latest[Any], ...] = ()
        super().__init__('camera', CameraConfig, **options)

    def configure(self) -> None:
        """Make the publishers."""
        qos = QoSProfile(
            depth=self.config.qos_depth,
            reliability=ReliabilityPolicy[self.config.qos_reliability.upper()],
        )
        self._images: LifecyclePublisher[Image] = self.create_lifecycle_publisher(
            Image, 'image_raw', qos
        )
        self._infos: LifecyclePublisher[CameraInfo] = self.create_lifecycle_publisher(
            CameraInfo, 'camera_info', qos
        )

    def activate(self) -> None:
        """Start capturing; a camera that is not there is waited for."""
        self._outbox = Latest()
        self._thread = threading.Thread(target=self._publish, name='publish', daemon=True)
        self._grabber = Grabber(
            lambda: open_source(self.config),
            now_ns=lambda: self.get_clock().now().nanoseconds,
            on_change=self._on_change,
        )
        for mailbox in (self._outbox, *self._sinks):
            self._grabber.attach(mailbox)
        self._thread.start()
        self._grabber.start()

    def deactivate(self) -> None:
        """Stop the threads and free the device."""
        if self._grabber and not self._grabber.stop():
            self.get_logger().error('the camera hangs in a read; its thread is left behind')
        self._outbox.close()
        if self._thread:
            self._thread.join()
        self._grabber = self._thread = None

    def clean_up(self) -> None:
        """Destroy the publishers."""
        self.destroy_lifecycle_publisher(self._images)
        self.destroy_lifecycle_publisher(self._infos)

    def attach(self, mailbox: Latest[Any]) -> None:
        """Hand every frame over in this process, without a message."""
        self._sinks += (mailbox,)
        if self._grabber:
            self._grabber.attach(mailbox)

    def detach(self, mailbox: Latest[Any]) -> None:
        """Stop handing frames over."""
        self._sinks = tuple(sink for sink in self._sinks if sink is not mailbox)
        if self._grabber:
            self._grabber.detach(mailbox)

    def diagnose(self) -> list[DiagnosticStatus]:
        """Return one status: is the source streaming, and how fast."""
        grabber = self._grabber
        name = f'{self.get_name()}: stream'
        if grabber is None:
            return [diagnostics.status(name, self.config.device, diagnostics.OK, 'not active')]
        level = diagnostics.OK if grabber.streaming else diagnostics.ERROR
        return [
            diagnostics.status(
                name,
                self.config.device,
                level,
                grabber.message,
                requested_fps=self.config.fps,
                measured_fps=grabber.rate.hz(),
                frames=grabber.rate.total,
                opened=grabber.opened,
                frames_skipped_by_publisher=self._outbox.skipped,
            )
        ]

    def _on_change(self, good: bool, message: str) -> None:
        if good:
            self.get_logger().info(message)
        else:
            self.get_logger().error(f'{message} (trying again)')

    def _publish(self) -> None:
        try:
            while True:
                self._publish_frame(self._outbox.get())
        except Closed as closed:
            if closed.__cause__:
                self.fail(closed.__cause__)
        except BaseException as error:
            self.fail(error)

    def _publish_frame(self, frame: Frame) -> None:
        height, width = frame.image.shape[:2]
        header = conversions.frame_header(frame, self.config.frame_id)
        if self._images.get_subscription_count():
            self._images.publish(conversions.image_to_message(frame.image, header))
        if self._infos.get_subscription_count():
            self._infos.publish(conversions.camera_info(header, width, height))


def main() -> None:
    """Run the node; ``ros2 run rpi_classifier camera_node``."""
    sys.exit(run(lambda: [CameraNode()]))
