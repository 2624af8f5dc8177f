# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The classifier node: images in, vision_msgs/Classification out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NoReturn, TYPE_CHECKING

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.lifecycle import LifecyclePublisher
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_srvs.srv import SetBool
from vision_msgs.msg import Classification

from rpi_classifier import board
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.inference.classifier import Classifier, Result
from rpi_classifier.models.load import check_model_options
from rpi_classifier.nodes.classifier import diagnostics, health
from rpi_classifier.nodes.classifier.debug_image import DebugImagePublisher
from rpi_classifier.nodes.classifier.image_input import CameraInput, ImageInput, TopicInput
from rpi_classifier.nodes.classifier.inference_thread import InferenceThread
from rpi_classifier.nodes.classifier.keep import FrameKeeper
from rpi_classifier.nodes.classifier.model_info import CLASS_LABELS, ModelInfoPublisher
from rpi_classifier.nodes.classifier.model_loader import ModelSlot
from rpi_classifier.nodes.classifier.model_switch import ModelSwitch
from rpi_classifier.nodes.classifier.rejected_images import RejectedImages
from rpi_classifier.nodes.classifier.stable_class import StableClassPublisher
from rpi_classifier.nodes.classifier.stall_log import StallLog
from rpi_classifier.nodes.common import process
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.common.topics import CLASSIFIER_TOPICS, IMAGE_TOPICS
from rpi_classifier.nodes.common.usage import NodeUsage
from rpi_classifier.stats import ResultStats

if TYPE_CHECKING:  # a classifier without a camera does not load the camera's modules
    from rpi_classifier.nodes.camera.node import CameraNode

_WHY_UNUSED = (
    'the camera in this process hands its images to the classifier; start with composed:=false, '
    "or camera:=false for another driver's images"
)
_LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class ClassifierNode(ManagedNode[ClassifierConfig]):
    """Classifies the newest image while somebody subscribes to the results."""

    internal_parameters = (CLASS_LABELS,)
    topics = CLASSIFIER_TOPICS

    def __init__(self, camera: CameraNode | None = None, **options: Any) -> None:
        """
        Declare the parameters.

        :param camera: hands over its frames in this process; None: subscribe to the topic image.
        :param options: for rclpy's node.
        """
        self._camera = camera
        if camera:
            self.unused_topics = dict.fromkeys(IMAGE_TOPICS, _WHY_UNUSED)
        self._models: ModelSwitch | None = None
        self._results: LifecyclePublisher[Classification] | None = None
        self._stable: StableClassPublisher | None = None
        self._debug: DebugImagePublisher | None = None
        self._keeper: FrameKeeper | None = None
        self._model_info: ModelInfoPublisher | None = None
        self._images: ImageInput | None = None
        self._thread: InferenceThread | None = None
        self._stats: ResultStats[Result] = ResultStats()
        self._logged: Result | None = None  # the newest result in the log
        self._enabled = True
        super().__init__('classifier', ClassifierConfig, **options)
        self._rejected = RejectedImages(self.get_logger())
        self._stall_log = StallLog(self.get_logger())
        self.create_service(SetBool, '~/enable', self._enable)
        self.call_every(1.0, self._log_health)
        self.call_every(0.2, self._follow_model)  # it may be refused by the loader

    def configure(self) -> None:
        """Load the model, create the publishers and announce the labels."""
        config, logger = self.config, self.get_logger()
        classifier = Classifier.load(config, logger.info)
        self._results = self.create_lifecycle_publisher(Classification, 'classification', 10)
        self._stable = StableClassPublisher(self, classifier, _LATCHED)
        self._debug = DebugImagePublisher(self, classifier)
        self._keeper = FrameKeeper(self, classifier)
        self._model_info = ModelInfoPublisher(
            self, classifier, self.config.score_threshold, _LATCHED
        )
        diagnostics.log_model(logger, classifier, config.region)
        self._models = ModelSwitch(
            self,
            ModelSlot(classifier, config),
            (
                self._stable.set_model,
                self._debug.set_model,
                self._keeper.set_model,
                self._model_info.announce,
            ),
        )
        self.config_changed()  # another model may have been asked for meanwhile

    def activate(self) -> None:
        """Start the inference thread; it gets images once somebody wants results."""
        assert self._models
        assert self._results
        assert self._stable
        assert self._debug
        assert self._keeper
        self._stats = ResultStats()
        if self._camera:
            self._images = CameraInput(self._camera)
        else:
            self._images = TopicInput(self, self.config.image_transport)
        self._thread = InferenceThread(
            self,
            self._models.slot,
            self._images,
            results=self._results,
            stable=self._stable,
            debug=self._debug,
            keeper=self._keeper,
            rejected=self._rejected,
            stats=self._stats,
        )
        self._debug.start(self._stats)
        self._keeper.start()
        self._thread.start()
        if not self._is_wanted():
            self.get_logger().info(
                f'idle until somebody subscribes to {self._results.topic_name} '
                '(always_on: true classifies anyway)'
            )

    def deactivate(self) -> None:
        """Stop listening and end the inference thread."""
        if self._thread and not self._thread.stop():
            self.give_up('inference')
        if self._debug and not self._debug.stop():
            self.give_up('draw')
        if self._keeper:
            self._keeper.stop()
        self._images = self._thread = None
        if self._stable:
            self._stable.withdraw()

    def clean_up(self) -> None:
        """Free the model and destroy the publishers."""
        if self._models:
            self._models.stop()
        if self._model_info:
            self._model_info.destroy()
        for publisher in (self._stable, self._debug):
            if publisher:
                publisher.destroy()
        if self._results:
            self.destroy_lifecycle_publisher(self._results)
        self._model_info = self._stable = self._debug = self._keeper = None
        self._results = self._models = None

    def follow_demand(self) -> None:
        """Listen to images while somebody wants results, or images are kept."""
        if self._images and self._stable and self._debug and self._keeper:
            self._debug.follow_demand()
            self._keeper.follow_demand()
            self._stable.follow_demand(self.config, needed=self._debug.wanted)
            self._images.listen(self._enabled and self._is_wanted())

    def check_config(self, config: ClassifierConfig) -> None:
        """Refuse options that are not for the model's file, or not for the one that runs."""
        check_model_options(config)
        if self._models:
            self._models.check(config)

    def describe_change(self, config: ClassifierConfig, changed: Collection[str]) -> str:
        """Say that another model is loaded."""
        return self._models.describe(config, changed) if self._models else ''

    def config_changed(self) -> None:
        """Load the model that is wanted now, if it is another one."""
        if self._models:
            self._models.follow()

    def _follow_model(self) -> None:
        if self._models:
            self._models.follow(restore=True)

    def diagnose(self) -> list[DiagnosticStatus]:
        """Return one status per concern."""
        name, config, reading = self.status_name, self.config, board.read_board()
        classifier = self._models.slot.classifier if self._models else None
        statuses = [
            health.rate_status(
                f'{name}: rate',
                self._stats,
                self._images,
                config,
                classifier,
                stall=self._find_stall(),
                pause=self._explain_pause(),
                throttling=', '.join(reading.throttled_now),
            ),
            health.latency_status(f'{name}: latency', self._stats, self._images),
            self._rejected.status(f'{name}: input'),
            diagnostics.model_status(
                f'{name}: model',
                classifier,
                config.num_threads,
                self.reason,
                self._models.loader if self._models else None,
            ),
            diagnostics.board_status(f'{name}: board', reading),
        ]
        if self._keeper and config.keep != 'none':
            statuses.append(self._keeper.status(f'{name}: keep'))
        return statuses

    def _is_wanted(self) -> bool:
        if self.config.always_on or self.config.keep != 'none':
            return True
        subscribers = self._results.get_subscription_count() if self._results else 0
        stable = self._stable and self._stable.has_subscribers()
        return bool(subscribers or stable or (self._debug and self._debug.wanted))

    def _explain_pause(self) -> str:
        if not self.active:
            return 'not active'
        return '' if self._enabled else 'paused by ~/enable'

    def _enable(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        self._enabled = request.data
        if self.active:
            self.follow_demand()
        response.success = True
        response.message = 'classifying' if request.data else 'paused'
        self.get_logger().info(f'{response.message}, as requested by ~/enable')
        return response

    def _find_stall(self) -> health.Stall | None:
        return health.find_stall(self._stats, self._images, self._rejected, self.config)

    def _log_health(self) -> None:
        newest = self._stats.newest
        if newest and newest is not self._logged:
            self._logged = newest
            self._stall_log.note_results()
            self.get_logger().info(health.describe_results(self._stats, newest))
        self._stall_log.note(self._find_stall())


USAGE = NodeUsage(
    'classifier',
    ClassifierNode,
    ClassifierConfig,
    CLASSIFIER_TOPICS,
    '-p model:=resnet18 -r image:=/usb_cam/image_raw',
)


def main() -> NoReturn:
    """Run the node; ``ros2 run rpi_classifier classifier_node``."""
    process.run_nodes(lambda: [ClassifierNode()], [USAGE], events=True)
