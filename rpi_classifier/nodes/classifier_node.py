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
from typing import Any, Protocol, TypeAlias

from diagnostic_msgs.msg import DiagnosticStatus
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.lifecycle import LifecyclePublisher
from rclpy.qos import (
    DurabilityPolicy,
    HistoryPolicy,
    qos_profile_sensor_data,
    QoSProfile,
    ReliabilityPolicy,
)
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from vision_msgs.msg import Classification, LabelInfo, VisionInfo

from rpi_classifier.capture import Frame
from rpi_classifier.classifier import Classifier, Result
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ImageError
from rpi_classifier.latest import Closed, Latest
from rpi_classifier.nodes import conversions, diagnostics
from rpi_classifier.nodes.managed import ManagedNode, run
from rpi_classifier.stats import Latency, Rate

_LABELS = 'class_labels'  # the parameter that vision_info points to

Item: TypeAlias = 'Image | CompressedImage | Frame'

_NEWEST = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=1, reliability=qos_profile_sensor_data.reliability
)
_LATCHED = QoSProfile(
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)


class FrameSource(Protocol):
    """What hands frames over in the same process: the camera node."""

    config: Any

    def attach(self, mailbox: Latest[Any]) -> None:
        """Begin."""

    def detach(self, mailbox: Latest[Any]) -> None:
        """End."""


class ClassifierNode(ManagedNode[ClassifierConfig]):
    """Classifies the newest image while somebody subscribes to classification."""

    derived = (_LABELS,)

    def __init__(self, source: FrameSource | None = None, **options: Any) -> None:
        """Declare the parameters.

        :param source: hands over frames in place of the topic ``image``.
        :param options: for rclpy's node.
        """
        self._source = source
        self._classifier: Classifier | None = None
        self._subscription: Subscription[Any] | None = None
        self._mailbox: Latest[Item] = Latest()
        self._thread: threading.Thread | None = None
        self._listening = False
        self._stop = threading.Event()
        self._apply_threads = threading.Event()
        self._reset_figures()
        super().__init__('classifier', ClassifierConfig, **options)

    def configure(self) -> None:
        """Load the model and announce its labels."""
        self._classifier = Classifier.load(self.config)
        self._results: LifecyclePublisher[Classification] = self.create_lifecycle_publisher(
            Classification, 'classification', 10
        )
        self.declare_parameter(
            _LABELS,
            list(self._classifier.labels),
            ParameterDescriptor(description="The loaded model's class names; set by the node"),
        )
        header = Header(stamp=self.get_clock().now().to_msg())
        self._labels = self.create_publisher(LabelInfo, 'label_info', _LATCHED)
        self._labels.publish(
            conversions.label_info(self._classifier.labels, header, self.config.score_threshold)
        )
        self._vision = self.create_publisher(VisionInfo, 'vision_info', _LATCHED)
        self._vision.publish(
            VisionInfo(
                header=header,
                method=self._classifier.name,
                database_location=f'{self.get_fully_qualified_name()}/{_LABELS}',
            )
        )
        info = self._classifier.runtime.info
        self.get_logger().info(
            f'{self._classifier.name} on {info.runtime}, engine {info.engine}, '
            f'{"jit" if info.jit else "eager"}; known answer {info.known_answer}'
        )

    def activate(self) -> None:
        """Start the inference thread; images are listened to once somebody wants results."""
        self._mailbox = Latest()
        self._stop.clear()
        self._apply_threads.set()
        self._reset_figures()
        self._thread = threading.Thread(target=self._infer, name='inference', daemon=True)
        self._thread.start()
        self._follow_demand()
        if not self._listening:
            self.get_logger().info(
                f'idle until somebody subscribes to {self._results.topic_name} '
                '(always_on: true classifies anyway)'
            )

    def deactivate(self) -> None:
        """Stop listening and end the inference thread."""
        self._listen(False)
        self._stop.set()
        self._mailbox.close()
        if self._thread:
            self._thread.join()
            self._thread = None

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
        if self.active:
            self._follow_demand()

    def diagnose(self) -> list[DiagnosticStatus]:
        """Return the health of rate and model; follows demand and tells people, too."""
        if self.active:
            self._follow_demand()
            self._tell_people()
        return [self._diagnose_rate(), self._diagnose_model()]

    def _follow_demand(self) -> None:
        self._listen(self.config.always_on or self._results.get_subscription_count() > 0)

    def _listen(self, wanted: bool) -> None:
        if wanted == self._listening:
            return
        self._listening = wanted
        if self._source:
            (self._source.attach if wanted else self._source.detach)(self._mailbox)
        elif wanted:
            compressed = self.config.image_transport == 'compressed'
            kind, topic = (CompressedImage, 'image/compressed') if compressed else (Image, 'image')
            mailbox = self._mailbox
            self._subscription = self.create_subscription(kind, topic, mailbox.put, _NEWEST)
        elif self._subscription:
            self.destroy_subscription(self._subscription)
            self._subscription = None

    def _infer(self) -> None:
        try:
            while True:
                item = self._mailbox.get()
                start = time.monotonic_ns()
                self._classify(item, start)
                if self.config.max_rate:
                    spent = (time.monotonic_ns() - start) / 1e9
                    self._stop.wait(max(0.0, 1 / self.config.max_rate - spent))
        except Closed as closed:
            if closed.__cause__:
                self.fail(closed.__cause__)
        except BaseException as error:
            self.fail(error)

    def _classify(self, item: Item, start_ns: int) -> None:
        assert self._classifier
        if self._apply_threads.is_set():
            self._apply_threads.clear()
            self._classifier.runtime.set_num_threads(self.config.num_threads)
        config = self.config
        try:
            image, header = self._unpack(item)
            result = self._classifier.classify(image, config.top_k, config.score_threshold)
        except ImageError as error:
            self._refused += 1
            self.get_logger().warning(f'image refused: {error}', throttle_duration_sec=60.0)
            return
        self._results.publish(
            conversions.classification(
                result.predictions, header, by_index=config.class_id == 'index'
            )
        )
        self._note(result, start_ns, header)

    def _unpack(self, item: Item) -> tuple[Any, Header]:
        if isinstance(item, Frame):
            assert self._source
            return item.image, conversions.frame_header(item, self._source.config.frame_id)
        return conversions.message_to_image(item), item.header

    def _reset_figures(self) -> None:
        self._rate, self._total, self._model = Rate(), Latency(), Latency()
        self._age = Latency()
        self._refused = 0
        self._newest: Result | None = None

    def _note(self, result: Result, start_ns: int, header: Header) -> None:
        now = time.monotonic_ns()
        stamp_ns = header.stamp.sec * 10**9 + header.stamp.nanosec
        self._rate.tick(now)
        self._total.add(now - start_ns)
        self._model.add(result.infer_ns)
        self._age.add(self.get_clock().now().nanoseconds - stamp_ns)
        self._newest = result

    def _tell_people(self) -> None:
        result, self._newest = self._newest, None
        if result is None:
            return
        classes = ', '.join(
            f'{prediction.label} {prediction.score:.0%}' for prediction in result.predictions[:3]
        )
        self.get_logger().info(
            f'{self._rate.hz():.1f} fps, {self._total.summary().p50:.1f} ms a frame '
            f'(model {self._model.summary().p50:.1f}): {classes}'
        )

    def _diagnose_rate(self) -> DiagnosticStatus:
        rate, total, age = self._rate.hz(), self._total.summary(), self._age.summary()
        level, message = diagnostics.OK, f'{rate:.1f} classifications per second'
        if not self.active:
            message = 'not active'
        elif not self._listening:
            message = 'idle, nobody subscribes'
        elif not rate:
            level, message = diagnostics.WARN, 'no images come'
        return diagnostics.status(
            f'{self.get_name()}: rate',
            'classifier',
            level,
            message,
            fps=rate,
            frame_ms_p50=total.p50,
            frame_ms_p95=total.p95,
            end_to_end_ms_p50=age.p50,
            end_to_end_ms_p95=age.p95,
            classified=self._rate.total,
            skipped=self._mailbox.skipped,
            refused=self._refused,
        )

    def _diagnose_model(self) -> DiagnosticStatus:
        name = f'{self.get_name()}: model'
        if self._classifier is None:
            return diagnostics.status(name, 'classifier', diagnostics.OK, 'no model loaded')
        info, model = self._classifier.runtime.info, self._model.summary()
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
            model_ms_p50=model.p50,
            model_ms_p95=model.p95,
            model_ms_max=model.maximum,
        )


def main() -> None:
    """Run the node; ``ros2 run rpi_classifier classifier_node``."""
    sys.exit(run(lambda: [ClassifierNode()]))
