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

"""Between the package's own types and messages."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

import cv2
import numpy as np
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from rpi_classifier.capture import Frame
from rpi_classifier.classifier import Prediction
from rpi_classifier.errors import ImageError
from rpi_classifier.nodes import conversions


def test_image_survives_the_way_to_a_message_and_back(image):
    header = Header(frame_id='lens')
    message = conversions.image_to_message(image, header)
    assert (message.width, message.height, message.step) == (640, 480, 1920)
    assert (message.encoding, message.header) == ('bgr8', header)
    assert np.array_equal(conversions.message_to_image(message), image)


def test_part_of_an_image_is_taken(image):
    part = image[10:20, 30:50]
    message = conversions.image_to_message(part, Header())
    assert np.array_equal(conversions.message_to_image(message), part)


def test_padded_rows_are_read_without_the_padding(image):
    padded = np.zeros((480, 2000), np.uint8)
    padded[:, :1920] = image.reshape(480, 1920)
    message = Image(height=480, width=640, step=2000, encoding='bgr8', data=padded.tobytes())
    assert np.array_equal(conversions.message_to_image(message), image)


@pytest.mark.parametrize(
    ('encoding', 'code'),
    [('rgb8', cv2.COLOR_BGR2RGB), ('mono8', cv2.COLOR_BGR2GRAY), ('bgra8', cv2.COLOR_BGR2BGRA)],
)
def test_other_encodings_go_through_cv_bridge(image, encoding, code):
    other = cv2.cvtColor(image, code)
    message = Image(
        height=480, width=640, step=other.strides[0], encoding=encoding, data=other.tobytes()
    )
    result = conversions.message_to_image(message)
    assert result.shape == (480, 640, 3)
    if encoding != 'mono8':
        assert np.array_equal(result, image)


def test_compressed_image_is_decoded(image):
    data = cv2.imencode('.png', image)[1].tobytes()
    message = CompressedImage(format='bgr8; png compressed bgr8', data=data)
    assert np.array_equal(conversions.message_to_image(message), image)


@pytest.mark.parametrize(
    ('message', 'words'),
    [
        (Image(height=4, width=4, step=12, encoding='bgr8', data=b'short'), '5 bytes'),
        (Image(height=0, width=4, step=12, encoding='bgr8'), '4x0'),
        (Image(height=2, width=2, step=6, encoding='nonsense', data=bytes(12)), 'nonsense'),
        (Image(height=2, width=2, step=5, encoding='bgr8', data=bytes(12)), 'bgr8'),
        (CompressedImage(format='jpeg', data=b''), 'jpeg'),
        (CompressedImage(format='jpeg', data=b'\xff\xd8 cut'), 'jpeg'),
    ],
)
def test_unusable_message_is_refused_with_its_values(message, words):
    with pytest.raises(ImageError, match=words):
        conversions.message_to_image(message)


def test_header_of_a_frame_is_its_capture_time():
    frame = Frame(np.zeros((2, 2, 3), np.uint8), 1, 5, 12_000_000_034)
    header = conversions.frame_header(frame, 'lens')
    assert (header.stamp.sec, header.stamp.nanosec, header.frame_id) == (12, 34, 'lens')


@pytest.mark.parametrize(('by_index', 'expected'), [(False, ['cup', 'y']), (True, ['504', '7'])])
def test_classification_keeps_order_and_names_classes_as_wanted(by_index, expected):
    predictions = [Prediction(504, 'cup', 0.75), Prediction(7, 'y', 0.25)]
    message = conversions.classification(predictions, Header(frame_id='lens'), by_index=by_index)
    assert [result.class_id for result in message.results] == expected
    assert [result.score for result in message.results] == [0.75, 0.25]
    assert message.header.frame_id == 'lens'


def test_label_info_numbers_the_classes():
    message = conversions.label_info(['tench', 'goldfish'], Header(), 0.5)
    assert [(entry.class_id, entry.class_name) for entry in message.class_map] == [
        (0, 'tench'),
        (1, 'goldfish'),
    ]
    assert message.threshold == 0.5
