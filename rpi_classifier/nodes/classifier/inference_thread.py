# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The thread that classifies images and publishes the results."""

from __future__ import annotations

import threading
import time
from typing import Any
import weakref

from rclpy.lifecycle import LifecyclePublisher
from vision_msgs.msg import Classification

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ImageError
from rpi_classifier.frame import Frame
from rpi_classifier.inference.classifier import Classifier, Result
from rpi_classifier.inference.timestamps import TimestampFilter
from rpi_classifier.nodes.classifier.debug_image import DebugImagePublisher
from rpi_classifier.nodes.classifier.image_input import ImageInput
from rpi_classifier.nodes.classifier.keep import FrameKeeper
from rpi_classifier.nodes.classifier.model_loader import ModelSlot
from rpi_classifier.nodes.classifier.rejected_images import RejectedImages
from rpi_classifier.nodes.classifier.stable_class import StableClassPublisher
from rpi_classifier.nodes.common import to_messages
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.common.worker import WorkerThread
from rpi_classifier.region import Box
from rpi_classifier.stats import ResultStats

_LOOK_S = 0.2  # between two looks at a parameter during a long wait


class InferenceThread(WorkerThread[Any]):
    """
    Classifies the newest image again and again, from activation to deactivation.

    Parameters that change meanwhile count from the next image on.
    """

    def __init__(
        self,
        node: ManagedNode[ClassifierConfig],
        slot: ModelSlot,
        images: ImageInput,
        *,
        results: LifecyclePublisher[Classification],
        stable: StableClassPublisher,
        debug: DebugImagePublisher,
        keeper: FrameKeeper,
        rejected: RejectedImages,
        stats: ResultStats[Result],
    ) -> None:
        """
        Prepare the thread.

        :param node: provides the parameters and the clock; fails if the thread does.
        :param slot: has the classifier, which may be replaced between two images.
        :param results: publishes every result; ``stable`` publishes changes, ``debug``
            what was seen drawn into the image; ``keeper`` writes images to files.
        :param rejected: counts the images that cannot be classified, ``stats`` all others.
        """
        super().__init__('inference', images, self._process, node.fail)
        self._node = node
        self._slot, slot.images = slot, images
        self._images = images
        self._results = results
        self._stable = stable
        self._debug = debug
        self._keeper = keeper
        self._rejected = rejected
        self._stats = stats
        self._timestamps = TimestampFilter()
        self._message = to_messages.ClassificationMessage()
        # Whose number of threads was set last, and to what; it may be gone by now.
        self._configured: tuple[weakref.ref[Classifier], int] | None = None
        self._stopping = threading.Event()

    def stop(self) -> bool:
        """
        Stop listening to images and wait until the thread has ended.

        :returns: as ``join``.
        """
        self._stopping.set()
        self._images.listen(False)
        self._images.close()
        return self.join()

    def _process(self, item: Any) -> None:
        config, now_ns = self._node.config, self._images.clock.now().nanoseconds
        try:
            stamp_ns = self._images.stamp_of(item)
            self._timestamps.check(stamp_ns, now_ns, config.max_age, config.max_ahead)
        except ImageError as error:  # nothing was spent on it, so the next one need not wait
            self._rejected.note(error)
            return
        try:
            unpack = self._images.unpack
            frame = unpack(item, now_ns) if unpack else item
            with self._slot.lock:
                box = self._slot.classifier.box_of(frame.image, config.region)
                self._publish(frame, box, self._classify(frame, box, config), config)
        except ImageError as error:
            self._rejected.note(error)
        self._pause()

    def _pause(self) -> None:
        """Wait until ``max_rate`` allows the next image, which is not even unpacked before."""
        while rate := self._node.config.max_rate:  # it may change meanwhile
            left_s = 1 / rate - (time.monotonic_ns() - self._images.got_ns) / 1e9
            if left_s <= 0 or self._stopping.wait(min(left_s, _LOOK_S)):
                return

    def _classify(self, frame: Frame, box: Box | None, config: ClassifierConfig) -> Result:
        classifier = self._slot.classifier
        wanted = weakref.ref(classifier), config.num_threads
        if self._configured != wanted:
            self._configured = wanted
            classifier.runtime.set_num_threads(config.num_threads)
        image = box.cut(frame.image) if box else frame.image
        return classifier.classify(image, config.top_k, config.score_threshold)

    def _publish(
        self, frame: Frame, box: Box | None, result: Result, config: ClassifierConfig
    ) -> None:
        inferred_ns = time.monotonic_ns()
        header, by_index = to_messages.header_of(frame), config.class_id == 'index'
        self._results.publish(self._message.fill(result.predictions, header, by_index=by_index))
        self._stats.note(
            result,
            taken_ns=frame.taken_ns,
            waited_ns=self._images.waited_ns,
            started_ns=self._images.got_ns,
            infer_ns=result.infer_ns,
            inferred_ns=inferred_ns,
        )
        if self._stable.wanted:
            self._stable.note(frame, result.probabilities, config)
        if self._debug.wanted:
            self._debug.note(frame, box, result, self._stable.label)
        if self._keeper.wanted:
            self._keeper.note(frame, box, result)
