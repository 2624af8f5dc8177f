# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The camera node: frames as sensor_msgs/Image, raw and as JPEG."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
import threading
from typing import Any, NoReturn

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.lifecycle import LifecyclePublisher
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from rpi_classifier.camera.capture_thread import Grabber
from rpi_classifier.camera.interrupt import Interrupt
from rpi_classifier.camera.open import open_source
from rpi_classifier.camera.source import Source
from rpi_classifier.camera.v4l2 import Capability
from rpi_classifier.config import CameraConfig
from rpi_classifier.frame import Frame
from rpi_classifier.latest import Closed, Latest
from rpi_classifier.nodes.camera import diagnostics
from rpi_classifier.nodes.camera.calibration import CameraCalibration
from rpi_classifier.nodes.camera.controls import ControlParameters
from rpi_classifier.nodes.common import process, status, to_messages
from rpi_classifier.nodes.common.managed_node import ManagedNode


class Outbox(Latest[Frame]):
    """Takes frames while somebody wants them; its consumer sleeps meanwhile."""

    def __init__(self, wanted: Callable[[], object]) -> None:
        """Begin empty; ``wanted`` is asked for every frame, on the thread that puts it."""
        super().__init__()
        self._wanted = wanted

    def put(self, item: Frame) -> None:
        """Leave a frame if it is wanted."""
        if self._wanted():
            super().put(item)


class CameraNode(ManagedNode[CameraConfig]):
    """Publishes image_raw, image_raw/compressed and camera_info while somebody subscribes."""

    def __init__(self, **options: Any) -> None:
        """Declare the parameters; ``options`` go to rclpy's node."""
        self._grabber: Grabber | None = None
        self._outbox = Outbox(self._subscribers)
        self._thread: threading.Thread | None = None
        self._sinks: tuple[Latest[Any], ...] = ()
        self._message: Image | None = None
        self._calibration: CameraCalibration | None = None
        self._known: Capability | None = None
        self._controls: ControlParameters | None = None
        super().__init__('camera', CameraConfig, **options)
        self._controls = ControlParameters(self, [field.name for field in fields(CameraConfig)])
        self._opened = self.create_guard_condition(self._on_opened)

    def configure(self) -> None:
        """Make the publishers and load the calibration."""
        qos = QoSProfile(
            depth=self.config.qos_depth,
            reliability=ReliabilityPolicy[self.config.qos_reliability.upper()],
        )
        self._images: LifecyclePublisher[Image] = self.create_lifecycle_publisher(
            Image, 'image_raw', qos
        )
        self._jpegs: LifecyclePublisher[CompressedImage] = self.create_lifecycle_publisher(
            CompressedImage, 'image_raw/compressed', qos
        )
        self._infos: LifecyclePublisher[CameraInfo] = self.create_lifecycle_publisher(
            CameraInfo, 'camera_info', qos
        )
        self._calibration = CameraCalibration(self, self.config.camera_info_url)

    def activate(self) -> None:
        """Start capturing; a camera that is not there is waited for."""
        self._outbox = Outbox(self._subscribers)
        self._thread = threading.Thread(target=self._publish, name='publish', daemon=True)
        interrupt = Interrupt()
        self._grabber = Grabber(
            lambda: self._open(interrupt),
            now_ns=lambda: self.get_clock().now().nanoseconds,
            on_change=self._on_change,
            retry_s=(self.config.reopen_delay, self.config.reopen_delay_max),
            interrupt=interrupt,
            frame_id=self.config.frame_id,
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
        """Destroy what ``configure`` made."""
        for publisher in (self._images, self._jpegs, self._infos):
            self.destroy_lifecycle_publisher(publisher)
        if self._calibration:
            self._calibration.close()
        self._calibration = None

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
        """Return three statuses: the stream, its mode, the calibration."""
        grabber, device = self._grabber, self.config.device
        name = self.get_name()
        if grabber is None:
            return [status.make_status(f'{name}: stream', device, status.OK, 'not active')]
        result = [
            diagnostics.stream(f'{name}: stream', self.config, grabber, self._outbox.skipped),
            diagnostics.mode(f'{name}: mode', self.config, grabber),
        ]
        if self._calibration:
            result.append(self._calibration.diagnose(f'{name}: calibration', device))
        return result

    def set_dynamic_parameters(self, changes: list[Parameter[Any]]) -> None:
        """Set camera controls."""
        if self._controls:
            self._controls.set(changes)

    def _open(self, interrupt: Interrupt) -> Source:
        source = open_source(self.config, self._known, interrupt)
        self._known = source.known
        return source

    def _on_change(self, good: bool, message: str) -> None:
        if not good:
            self.get_logger().error(f'{message} (trying again)')
            return
        difference = self._grabber.source.difference if self._grabber else ''
        if difference:
            self.get_logger().warning(f'{message}: {difference}')
        else:
            self.get_logger().info(message)
        self._opened.trigger()

    def _on_opened(self) -> None:
        device = self._grabber.source.device if self._grabber else ''
        if device and self._controls:
            self._controls.follow(device)

    def _publish(self) -> None:
        try:
            while True:
                self._publish_frame(self._outbox.get())
        except Closed as closed:
            if closed.__cause__:
                self.fail(closed.__cause__)
        except BaseException as error:
            self.fail(error)

    def _subscribers(self) -> tuple[int, ...]:
        """Return the numbers of those to images, JPEGs and camera_info; empty if there is none."""
        if self._grabber is None:
            return ()
        publishers = (self._images, self._jpegs, self._infos)
        counts = tuple(publisher.get_subscription_count() for publisher in publishers)
        return counts if any(counts) else ()

    def _publish_frame(self, frame: Frame) -> None:
        subscribers = self._subscribers()
        if not subscribers:
            return
        images, jpegs, infos = subscribers
        height, width = frame.image.shape[:2]
        header = to_messages.header_of(frame)
        if images:
            self._message = to_messages.image_to_message(frame.image, header, self._message)
            self._images.publish(self._message)
        if jpegs:
            quality = self.config.jpeg_quality
            self._jpegs.publish(to_messages.image_to_jpeg(frame.image, header, quality))
        if infos and self._calibration:
            self._infos.publish(self._calibration.info(header, width, height))


def main() -> NoReturn:
    """Run the node; ``ros2 run rpi_classifier camera_node``."""
    process.run_nodes(lambda: [CameraNode()])
