# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The classifier node: images in, vision_msgs/Classification out."""

from __future__ import annotations

import threading
import time
from typing import Any, NoReturn

from diagnostic_msgs.msg import DiagnosticStatus
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.lifecycle import LifecyclePublisher
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Header
from std_srvs.srv import SetBool
from vision_msgs.msg import Classification, LabelInfo, VisionInfo

from rpi_classifier import board
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ImageError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.latest import Closed
from rpi_classifier.models.load import check_model_options
from rpi_classifier.nodes.classifier import diagnostics
from rpi_classifier.nodes.classifier.health import Health
from rpi_classifier.nodes.classifier.image_input import FrameSource, Intake, Item
from rpi_classifier.nodes.classifier.rejected_images import Refusals
from rpi_classifier.nodes.classifier.stable_class import StableOutput
from rpi_classifier.nodes.common import process, to_messages
from rpi_classifier.nodes.common.managed_node import ManagedNode

_LABELS = 'class_labels'  # the parameter that vision_info points to
_LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class ClassifierNode(ManagedNode[ClassifierConfig]):
    """Classifies the newest image while somebody subscribes to classification."""

    derived = (_LABELS,)

    def __init__(self, source: FrameSource | None = None, **options: Any) -> None:
        """
        Declare the parameters.

        :param source: hands over frames in place of the topic ``image``.
        :param options: for rclpy's node.
        """
        self._source = source
        self._classifier: Classifier | None = None
        self._intake: Intake | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._num_threads = -1  # as the inference thread has set it
        self._health = Health('classifier')
        self._enabled = True
        self._message = to_messages.ClassificationMessage()
        super().__init__('classifier', ClassifierConfig, **options)
        self._refusals = Refusals(self.get_logger())
        self.create_service(SetBool, '~/enable', self._enable)

    def configure(self) -> None:
        """Load the model and announce its labels."""
        self._classifier = classifier = Classifier.load(self.config)
        self._results: LifecyclePublisher[Classification] = self.create_lifecycle_publisher(
            Classification, 'classification', 10
        )
        self._stable = StableOutput(self, _LATCHED)
        self.declare_parameter(
            _LABELS,
            list(classifier.labels),
            ParameterDescriptor(description="The loaded model's class names; set by the node"),
        )
        header = Header(stamp=self.get_clock().now().to_msg())
        self._labels = self.create_publisher(LabelInfo, 'label_info', _LATCHED)
        self._labels.publish(
            to_messages.label_info(classifier.labels, header, self.config.score_threshold)
        )
        self._vision = self.create_publisher(VisionInfo, 'vision_info', _LATCHED)
        self._vision.publish(
            VisionInfo(
                header=header,
                method=classifier.name,
                database_location=f'{self.get_fully_qualified_name()}/{_LABELS}',
            )
        )
        info = classifier.runtime.info
        self.get_logger().info(
            f'{classifier.name} on {info.runtime}, engine {info.engine}, kernels {info.kernels}, '
            f'{info.mode}; known answer {info.known_answer}'
        )
        if info.kernels_reason:
            self.get_logger().info(f'kernels {info.kernels}: {info.kernels_reason}')
        if info.caution:
            self.get_logger().warning(info.caution)

    def activate(self) -> None:
        """Start the inference thread; images are listened to once somebody wants results."""
        self._intake = Intake(self, self._source, self.config.image_transport)
        self._stop.clear()
        self._num_threads = -1
        self._health = Health(self.get_name())
        self._thread = threading.Thread(
            target=self._infer, args=(self._intake,), name='inference', daemon=True
        )
        self._thread.start()
        self._follow_demand()
        if not self._intake.listening:
            self.get_logger().info(
                f'idle until somebody subscribes to {self._results.topic_name} '
                '(always_on: true classifies anyway)'
            )

    def deactivate(self) -> None:
        """Stop listening and end the inference thread."""
        self._stop.set()
        if self._intake:
            self._intake.close()
        if self._thread:
            self._thread.join()
        self._intake = self._thread = None
        self._stable.withdraw()

    def clean_up(self) -> None:
        """Free the model and the publishers."""
        if self._classifier:
            self.undeclare_parameter(_LABELS)
            self.destroy_lifecycle_publisher(self._results)
            self._stable.destroy()
            self.destroy_publisher(self._labels)
            self.destroy_publisher(self._vision)
        self._classifier = None

    def check_config(self, config: ClassifierConfig) -> None:
        """Refuse options that are not for the model's file."""
        check_model_options(config)

    def config_changed(self) -> None:
        """Apply live parameters; the inference thread looks at most of them by itself."""
        self._follow_demand()

    def diagnose(self) -> list[DiagnosticStatus]:
        """Return one status per concern; follows demand and tells people, too."""
        self._follow_demand()
        sentence = self._health.sentence()
        if sentence:
            self.get_logger().info(sentence)
        name, config = self.get_name(), self.config
        reading = board.read()
        throttling = ', '.join(reading.throttled_now)
        return [
            self._health.rate_status(self._intake, config, self._pause(), throttling),
            self._health.latency_status(),
            self._refusals.status(f'{name}: input'),
            diagnostics.model(f'{name}: model', self._classifier, config.num_threads, self.reason),
            diagnostics.board(f'{name}: board', reading),
        ]

    def _follow_demand(self) -> None:
        if self._intake:
            wanted = self.config.always_on or self._results.get_subscription_count() > 0
            wanted = self._stable.follow_demand(self.config) or wanted
            self._intake.listen(wanted and self._enabled)

    def _pause(self) -> str:
        if not self.active:
            return 'not active'
        return '' if self._enabled else 'paused by ~/enable'

    def _enable(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        self._enabled = request.data
        self._follow_demand()
        response.success = True
        response.message = 'classifying' if request.data else 'paused'
        self.get_logger().info(f'{response.message}, as ~/enable was told')
        return response

    def _infer(self, intake: Intake) -> None:
        try:
            while True:
                item = intake.mailbox.get()
                start = time.monotonic_ns()
                self._classify(intake, item, start)
                if self.config.max_rate:
                    spent = (time.monotonic_ns() - start) / 1e9
                    self._stop.wait(max(0.0, 1 / self.config.max_rate - spent))
        except Closed as closed:
            if closed.__cause__:
                self.fail(closed.__cause__)
        except BaseException as error:
            self.fail(error)

    def _classify(self, intake: Intake, item: Item, start: int) -> None:
        assert self._classifier
        started_ns, waited = self.get_clock().now().nanoseconds, intake.mailbox.waited_ns
        config = self.config
        if config.num_threads != self._num_threads:
            self._num_threads = config.num_threads
            self._classifier.runtime.set_num_threads(config.num_threads)
        try:
            image, header = intake.unpack(item, started_ns, config)
            result = self._classifier.classify(image, config.top_k, config.score_threshold)
        except ImageError as error:
            self._refusals.note(error)
            return
        inferred = time.monotonic_ns()
        by_index = config.class_id == 'index'
        self._results.publish(self._message.fill(result.predictions, header, by_index=by_index))
        self._health.note(
            result, header, started_ns, start=start, inferred=inferred, waited=waited
        )
        self._stable.note(self._classifier, header, config)


def main() -> NoReturn:
    """Run the node; ``ros2 run rpi_classifier classifier_node``."""
    process.run(lambda: [ClassifierNode()], events=True)
