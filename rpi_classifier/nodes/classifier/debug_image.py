# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The topic debug_image: what was classified, with what was seen drawn into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import threading
import time

from rclpy.lifecycle import LifecyclePublisher
from sensor_msgs.msg import CompressedImage, Image

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.frame import Frame
from rpi_classifier.images.font import find_font, FontFile
from rpi_classifier.images.overlay import draw_overlay, Overlay
from rpi_classifier.inference.classifier import Classifier, Result
from rpi_classifier.input_spec import Image as BgrImage
from rpi_classifier.latest import Latest
from rpi_classifier.nodes.common import to_messages
from rpi_classifier.nodes.common.image_topics import resolve_image_topics
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.common.worker import WorkerThread
from rpi_classifier.region import Box
from rpi_classifier.stats import ResultStats

_JPEG_QUALITY = 80


@dataclass(frozen=True)
class _Seen:
    frame: Frame
    box: Box | None
    result: Result
    stable: str


class DebugImagePublisher:
    """
    Draws and publishes on a thread of its own, only while somebody subscribes.

    ``wanted`` says whether ``note`` is to be called; ``follow_demand`` keeps it up to date. Images
    that come faster than ``debug_max_rate`` or than they can be drawn are skipped.
    """

    def __init__(self, node: ManagedNode[ClassifierConfig], classifier: Classifier) -> None:
        """
        Create the publishers.

        :param node: provides the parameters; fails if drawing does.
        :param classifier: whose results come; its labels decide on the font.
        """
        self._node = node
        self._font: tuple[Sequence[str], FontFile] | None = None  # and the labels that it is for
        self.set_model(classifier)
        topics = resolve_image_topics(node, 'debug_image')
        self._image: LifecyclePublisher[Image] = node.create_lifecycle_publisher(
            Image, topics.raw, 1
        )
        self._jpeg: LifecyclePublisher[CompressedImage] = node.create_lifecycle_publisher(
            CompressedImage, topics.compressed, 1
        )
        self.wanted = False

    def destroy(self) -> None:
        """Destroy the publishers."""
        self._node.destroy_lifecycle_publisher(self._image)
        self._node.destroy_lifecycle_publisher(self._jpeg)

    def set_model(self, classifier: Classifier) -> None:
        """Note which model the results are of from now on."""
        self._labels = classifier.labels  # their font is found when the next image is drawn

    def start(self, stats: ResultStats[Result]) -> None:
        """Start the thread; ``stats`` gives the figures to draw."""
        self._stats = stats
        self._seen: Latest[_Seen] = Latest()
        self._stopping = threading.Event()
        self._thread = WorkerThread('draw', self._seen, self._work, self._node.fail)
        self._thread.start()

    def stop(self) -> bool:
        """
        End the thread.

        :returns: as ``WorkerThread.join``.
        """
        self.wanted = False
        self._stopping.set()
        self._seen.close()
        return self._thread.join()

    def follow_demand(self) -> None:
        """Update ``wanted``."""
        self.wanted = bool(
            self._image.get_subscription_count() or self._jpeg.get_subscription_count()
        )

    def note(self, frame: Frame, box: Box | None, result: Result, stable: str) -> None:
        """
        Hand over an image that was classified; returns at once.

        :param box: the part of it that was; None: all of it.
        :param stable: the name of the stable class, empty if there is none.
        """
        self._seen.put(_Seen(frame, box, result, stable))

    def _work(self, seen: _Seen) -> None:
        drawn, header = self._draw(seen), to_messages.header_of(seen.frame)
        if self._image.get_subscription_count():
            self._image.publish(to_messages.image_to_message(drawn, header))
        if self._jpeg.get_subscription_count():
            self._jpeg.publish(to_messages.image_to_jpeg(drawn, header, _JPEG_QUALITY))
        rate = self._node.config.debug_max_rate
        if rate:
            spent_s = (time.monotonic_ns() - self._seen.got_ns) / 1e9
            self._stopping.wait(max(0.0, 1 / rate - spent_s))

    def _draw(self, seen: _Seen) -> BgrImage:
        labels = self._labels  # another thread may change them
        if self._font is None or self._font[0] is not labels:
            self._font = labels, self._find_font(labels)
        overlay = Overlay(
            classes=[(one.label, one.score) for one in seen.result.predictions],
            headline=seen.stable,
            note=f'{self._stats.rate.hz():.1f} fps · {seen.result.infer_ns / 1e6:.1f} ms',
            box=seen.box,
        )
        return draw_overlay(seen.frame.image, overlay, self._font[1])

    def _find_font(self, labels: Sequence[str]) -> FontFile:
        font = find_font(labels)
        if font.missing:
            self._node.get_logger().warning(
                f'debug_image: no font here has {font.missing[:20]!r} of the labels; '
                'install one, for example by `sudo apt install fonts-noto-cjk`'
            )
        return font
