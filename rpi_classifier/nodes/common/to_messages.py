# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From this package's types to messages."""

from __future__ import annotations

import array
from collections.abc import Sequence

from builtin_interfaces.msg import Time
import numpy as np
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from vision_msgs.msg import Classification, LabelInfo, ObjectHypothesis, VisionClass

from rpi_classifier.frame import Frame
from rpi_classifier.images.encode import encode_jpeg
from rpi_classifier.inference.classifier import Prediction
from rpi_classifier.inference.unknown import UNKNOWN_INDEX
from rpi_classifier.input_spec import Image as BgrImage

UNKNOWN_ID = 0xFFFF  # of the class unknown in label_info, whose numbers have no sign


def header_of(frame: Frame) -> Header:
    """Return the header of every message about a frame: its stamp and frame_id."""
    seconds, nanoseconds = divmod(frame.stamp_ns, 10**9)
    return Header(stamp=Time(sec=seconds, nanosec=nanoseconds), frame_id=frame.frame_id)


def image_to_message(image: BgrImage, header: Header, into: Image | None = None) -> Image:
    """
    Wrap an image as a bgr8 message.

    cv_bridge would assign bytes to ``data``, and rclpy checks them one by one (7.5 ms for
    640x480).

    :param image: [H, W, 3] uint8 BGR.
    :param into: a message to fill again, so that its memory is reused; None: make a new one.
    """
    height, width = image.shape[:2]
    message = Image(encoding='bgr8') if into is None else into
    message.header, message.height, message.width, message.step = header, height, width, 3 * width
    if len(message.data) != image.nbytes:
        message.data = array.array('B', bytes(image.nbytes))
    memoryview(message.data)[:] = np.ascontiguousarray(image).data.cast('B')
    return message


def image_to_jpeg(image: BgrImage, header: Header, quality: int) -> CompressedImage:
    """
    Encode an image as a JPEG message.

    :param image: [H, W, 3] uint8 BGR.
    :param quality: 1 to 100.
    """
    data = array.array('B')
    data.frombytes(encode_jpeg(image, quality))
    return CompressedImage(header=header, format='bgr8; jpeg compressed bgr8', data=data)


class ClassificationMessage:
    """The message of one publisher. It is filled again for every result: making one is slow."""

    def __init__(self) -> None:
        """Make an empty message."""
        self._message = Classification()
        self._hypotheses: list[ObjectHypothesis] = []

    def fill(
        self, predictions: Sequence[Prediction], header: Header, *, by_index: bool
    ) -> Classification:
        """
        Fill the message with predictions.

        :param by_index: write the index of a class, in decimal, to ``class_id``, not its name.
        :returns: the message; the next call changes it.
        """
        while len(self._hypotheses) < len(predictions):
            self._hypotheses.append(ObjectHypothesis())
        results = self._hypotheses[: len(predictions)]
        for hypothesis, prediction in zip(results, predictions):
            hypothesis.class_id = str(prediction.index) if by_index else prediction.label
            hypothesis.score = prediction.score
        self._message.header = header
        self._message.results = results
        return self._message


def label_info(
    indices: Sequence[int], labels: Sequence[str], header: Header, threshold: float
) -> LabelInfo:
    """Make the message that names classes; the index of ``unknown`` becomes ``UNKNOWN_ID``."""
    return LabelInfo(
        header=header,
        class_map=[
            VisionClass(class_id=UNKNOWN_ID if index == UNKNOWN_INDEX else index, class_name=name)
            for index, name in zip(indices, labels)
        ],
        threshold=threshold,
    )
