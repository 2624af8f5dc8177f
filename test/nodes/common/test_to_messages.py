# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From this package's types to messages."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

import numpy as np
from std_msgs.msg import Header

from rpi_classifier.frame import Frame
from rpi_classifier.inference.classifier import Prediction
from rpi_classifier.nodes.common import to_messages


def test_image_becomes_a_bgr8_message_with_its_bytes(image):
    header = Header(frame_id='lens')
    message = to_messages.image_to_message(image, header)
    assert (message.width, message.height, message.step) == (640, 480, 1920)
    assert (message.encoding, message.header) == ('bgr8', header)
    assert bytes(message.data) == image.tobytes()


def test_message_that_is_filled_again_holds_the_new_image_of_any_size(image):
    message = to_messages.image_to_message(image, Header())
    for other in (255 - image, image[:100, :50]):
        again = to_messages.image_to_message(other, Header(frame_id='again'), message)
        assert again is message
        assert (again.height, again.width, again.step) == (*other.shape[:2], 3 * other.shape[1])
        assert bytes(again.data) == other.tobytes()


def test_part_of_an_image_is_taken(image):
    part = image[10:20, 30:50]
    assert bytes(to_messages.image_to_message(part, Header()).data) == part.tobytes()


def test_header_of_a_frame_has_its_stamp_and_frame_id():
    frame = Frame(np.zeros((2, 2, 3), np.uint8), 'lens', stamp_ns=12_000_000_034, taken_ns=5)
    header = to_messages.header_of(frame)
    assert (header.stamp.sec, header.stamp.nanosec, header.frame_id) == (12, 34, 'lens')


@pytest.mark.parametrize(('by_index', 'expected'), [(False, ['cup', 'y']), (True, ['504', '7'])])
def test_classification_keeps_order_and_names_classes_as_wanted(by_index, expected):
    predictions = [Prediction(504, 'cup', 0.75), Prediction(7, 'y', 0.25)]
    message = to_messages.ClassificationMessage()
    message.fill([Prediction(1, 'x', 1.0)] * 3, Header(), by_index=by_index)
    message = message.fill(predictions, Header(frame_id='lens'), by_index=by_index)
    assert message.header.frame_id == 'lens'
    assert [result.class_id for result in message.results] == expected
    assert [result.score for result in message.results] == [0.75, 0.25]
    assert message.header.frame_id == 'lens'


def test_label_info_numbers_the_classes():
    message = to_messages.label_info([0, 1], ['tench', 'goldfish'], Header(), 0.5)
    assert [(entry.class_id, entry.class_name) for entry in message.class_map] == [
        (0, 'tench'),
        (1, 'goldfish'),
    ]
    assert message.threshold == 0.5


def test_unknown_has_the_largest_number_in_label_info_which_knows_no_sign():
    message = to_messages.label_info((0, -1), ('tench', 'unknown'), Header(), 0.0)
    assert [entry.class_id for entry in message.class_map] == [0, 65535]
