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

"""The classifier node: images in, vision_msgs/Classification out."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.lifecycle import LifecyclePublisher
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Header
from vision_msgs.msg import Classification, LabelInfo, VisionInfo

from rpi_classifier.classifier import Classifier
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ImageError
from rpi_classifier.latest import Closed
from rpi_classifier.nodes import conversions, diagnostics
from rpi_classifier.nodes.health import Health
from rpi_classifier.nodes.intake import FrameSource, Intake, Item
from rpi_classifier.nodes.managed import ManagedNode
from rpi_classifier.nodes.process import run

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
        self._apply_threads = threading.Event()
        self._health = Health('classifier')
        super().__init__('classifier', ClassifierConfig, **options)

    def configure(self) -> None:
        """Load the model and announce its labels."""
        self._classifier = classifier = Classifier.load(self.config)
        self._results: LifecyclePublisher[Classification] = self.create_lifecycle_publisher(
            Classification, 'classification', 10
        )
        self.declare_parameter(
            _LABELS,
            list(classifier.labels),
            ParameterDescriptor(description="The loaded model's class names; set by the node"),
        )
        header = Header(stamp=self.get_clock().now().to_msg())
        self._labels = self.create_publisher(LabelInfo, 'label_info', _LATCHED)
        self._labels.publish(
            conversions.label_info(classifier.labels, header, self.config.score_threshold)
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
            f'{classifier.name} on {info.runtime}, engine {info.engine}, '
            f'{"jit" if info.jit else "eager"}; known answer {info.known_answer}'
        )
        if info.caution:
            self.get_logger().warning(info.caution)

    def activate(self) -> None:
        """Start the inference thread; images are listened to once somebody wants results."""
        self._intake = Intake(self, self._source, self.config.image_transport)
        self._stop.clear()
        self._apply_threads.set()
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

    def clean_up(self) -> None:
        """Free the model and the publishers."""
        if self._classifier:
            self.undeclare_parameter(_LABELS)
            self.destroy_lifecycle_publisher(self._results)
            self.destroy_publisher(self._labels)
            self.destroy_publisher(self._vision)
        self._classifier = None

    def config_changed(self) -> None:
        """Apply live parameters; the number of threads on the thread that infers."""
        self._apply_threads.set()
        self._follow_demand()

    def diagnose(self) -> list[DiagnosticStatus]:
        """Return the health of rate, latency and model; follows demand and tells people, too."""
        self._follow_demand()
        sentence = self._health.sentence()
        if sentence:
            self.get_logger().info(sentence)
        return [
            self._health.rate_status(self._intake),
            self._health.latency_status(),
            self._diagnose_model(),
        ]

    def _follow_demand(self) -> None:
        if self._intake:
            wanted = self.config.always_on or self._results.get_subscription_count() > 0
            self._intake.listen(wanted)

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
        waited = intake.mailbox.waited_ns
        if self._apply_threads.is_set():
            self._apply_threads.clear()
            self._classifier.runtime.set_num_threads(self.config.num_threads)
        config = self.config
        try:
            image, header = intake.unpack(item)
            result = self._classifier.classify(image, config.top_k, config.score_threshold)
        except ImageError as error:
            self._health.refused += 1
            self.get_logger().warning(f'image refused: {error}', throttle_duration_sec=60.0)
            return
        inferred = time.monotonic_ns()
        by_index = config.class_id == 'index'
        self._results.publish(
            conversions.classification(result.predictions, header, by_index=by_index)
        )
        now = self.get_clock().now().nanoseconds
        self._health.note(result, header, now, start=start, inferred=inferred, waited=waited)

    def _diagnose_model(self) -> DiagnosticStatus:
        name = f'{self.get_name()}: model'
        if self._classifier is None:
            return diagnostics.status(name, 'classifier', diagnostics.OK, 'no model loaded')
        info = self._classifier.runtime.info
        return diagnostics.status(
            name,
            'classifier',
            diagnostics.OK,
            self._classifier.name,
            runtime=info.runtime,
            engine=info.engine,
            jit=info.jit,
            threads=self.config.num_threads or 'default',
            known_answer=info.known_answer,
        )


def main() -> None:
    """Run the node; ``ros2 run rpi_classifier classifier_node``."""
    sys.exit(run(lambda: [ClassifierNode()]))
