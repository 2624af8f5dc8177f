# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The camera node: it publishes frames as images, raw and as JPEG."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
import time
from typing import Any, NoReturn

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.parameter import Parameter

from rpi_classifier.camera.capture_thread import CaptureThread
from rpi_classifier.camera.open import open_source
from rpi_classifier.camera.reopen import Reopener
from rpi_classifier.camera.source import Source
from rpi_classifier.config import CameraConfig
from rpi_classifier.frame import Frame
from rpi_classifier.latest import Latest
from rpi_classifier.nodes.camera import diagnostics
from rpi_classifier.nodes.camera.calibration import CameraCalibration
from rpi_classifier.nodes.camera.controls import ControlParameters
from rpi_classifier.nodes.camera.publishers import ImagePublishers
from rpi_classifier.nodes.common import process
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.common.worker import WorkerThread


class CameraNode(ManagedNode[CameraConfig]):
    """Publishes image_raw, image_raw/compressed and camera_info while somebody subscribes."""

    def __init__(self, **options: Any) -> None:
        """Declare the parameters; ``options`` are those of rclpy's node."""
        self._reopener: Reopener | None = None
        self._calibration: CameraCalibration | None = None
        self._images: ImagePublishers | None = None
        self._capture: CaptureThread | None = None
        self._outbox: Latest[Frame] = Latest()  # attached to the capture thread on demand
        self._publishing: WorkerThread[Frame] | None = None
        self._sinks: tuple[Latest[Frame], ...] = ()
        self._controls = ControlParameters(self, [field.name for field in fields(CameraConfig)])
        super().__init__('camera', CameraConfig, **options)
        self._opened = self.create_guard_condition(self._on_opened)

    def configure(self) -> None:
        """Make the publishers and load the calibration."""
        self._reopener = Reopener(
            partial(
                open_source, self.config, clock=self.get_clock(), warn=self.get_logger().warning
            ),
            (self.config.reopen_delay, self.config.reopen_delay_max),
        )
        self._calibration = CameraCalibration(self, self.config.camera_info_url)
        self._images = ImagePublishers(self, self.config, self._calibration)

    def activate(self) -> None:
        """Start to capture; if the camera is missing, wait for it."""
        assert self._reopener
        assert self._images
        self._outbox = Latest()
        self._publishing = WorkerThread('publish', self._outbox, self._images.publish, self.fail)
        self._capture = CaptureThread(
            self._reopener,
            on_streaming=self._on_streaming,
            on_failure=lambda reason: self.get_logger().error(f'{reason} (trying again)'),
            on_death=self._outbox.close,
        )
        for mailbox in self._sinks:
            self._capture.attach(mailbox)
        self._publishing.start()
        self._capture.start()

    def deactivate(self) -> None:
        """Stop the threads and free the device."""
        if self._capture and not self._capture.stop():
            self.get_logger().error(
                'the camera driver does not return from a read; the capture thread is abandoned'
            )
        self._outbox.close()
        if self._publishing:
            self._publishing.join()
        self._capture = self._publishing = None

    def clean_up(self) -> None:
        """Destroy what ``configure`` made."""
        if self._images:
            self._images.destroy()
        if self._calibration:
            self._calibration.close()
        self._reopener = self._calibration = self._images = None

    def attach(self, mailbox: Latest[Frame]) -> None:
        """Put every frame into a mailbox in this process, without a message."""
        self._sinks += (mailbox,)
        if self._capture:
            self._capture.attach(mailbox)

    def detach(self, mailbox: Latest[Frame]) -> None:
        """Stop putting frames into a mailbox."""
        self._sinks = tuple(sink for sink in self._sinks if sink is not mailbox)
        if self._capture:
            self._capture.detach(mailbox)

    def follow_demand(self) -> None:
        """Let frames reach the publishing thread only while somebody subscribes."""
        capture, images = self._capture, self._images
        if capture and images:
            wanted = any(images.count_subscriptions())
            (capture.attach if wanted else capture.detach)(self._outbox)

    def diagnose(self) -> list[DiagnosticStatus]:
        """Return three statuses: the stream, its mode, the calibration."""
        name, config = self.status_name, self.config
        capture, calibration = self._capture, self._calibration
        if capture is None or calibration is None:
            return [diagnostics.inactive_status(name, config)]
        stats, skipped, now_ns = capture.stats, self._outbox.skipped, time.monotonic_ns()
        return [
            diagnostics.stream_status(name, config, stats, skipped, now_ns),
            diagnostics.mode_status(name, config, stats, capture.source),
            calibration.status(name, config),
        ]

    def config_changed(self) -> None:
        """Apply live parameters."""
        if self._images:
            self._images.jpeg_quality = self.config.jpeg_quality

    def normalize_changes(self, changes: list[Parameter[Any]]) -> list[Parameter[Any]]:
        """Write the values of controls in one way, too."""
        return self._controls.normalize(super().normalize_changes(changes))

    def set_dynamic_parameters(self, changes: list[Parameter[Any]]) -> None:
        """Set the controls of the camera."""
        self._controls.set(changes)

    def _on_streaming(self, source: Source) -> None:
        if source.difference:
            self.get_logger().warning(f'{source.description}: {source.difference}')
        else:
            self.get_logger().info(source.description)
        self._opened.trigger()

    def _on_opened(self) -> None:
        source = self._capture.source if self._capture else None
        if source and source.device:
            self._controls.follow(source.device)


def main() -> NoReturn:
    """Run the node; ``ros2 run rpi_classifier camera_node``."""
    process.run_nodes(lambda: [CameraNode()])
