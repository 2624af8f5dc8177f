# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Any message may come over DDS: a bad one is refused, and the next good one is classified."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

import cv2
from hypothesis import given, HealthCheck, settings
from hypothesis import strategies as st
import numpy as np
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from vision_msgs.msg import Classification

from rpi_classifier.images.encodings import ENCODINGS
from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.image_input import CameraInput
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common import to_messages

SIDES = st.one_of(st.integers(0, 9), st.sampled_from([224, 2**16, 2**31, 2**32 - 1]))
STAMPS = st.tuples(st.sampled_from([0, 1234, 2**31 - 1, -(2**31)]), st.integers(0, 2**32 - 1))
RAW = st.builds(
    lambda **fields: Image(**fields),
    height=SIDES,
    width=SIDES,
    step=st.one_of(st.integers(0, 64), st.sampled_from([672, 2**32 - 1])),
    encoding=st.one_of(
        st.sampled_from([*ENCODINGS, 'mono16', 'rgb16', '32FC1', 'bayer_rggb16', 'nv21']),
        st.text(max_size=8, alphabet=st.characters(codec='ascii', exclude_characters='\0')),
    ),
    is_bigendian=st.integers(0, 255),
    data=st.binary(max_size=200),
)
JPEG = cv2.imencode('.jpg', np.zeros((32, 32, 3), np.uint8))[1].tobytes()
COMPRESSED = st.builds(
    lambda kind, data, cut: CompressedImage(format=kind, data=data + JPEG[cut:]),
    kind=st.sampled_from(['jpeg', 'png', '', 'bgr8; jpeg compressed bgr8']),
    data=st.binary(max_size=100),
    cut=st.integers(0, len(JPEG)),
)
RELIABLE = QoSProfile(depth=1)
EXAMPLES = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
BATCH = 25  # so that 40 examples are a thousand messages


@pytest.fixture
def handled(graph, monkeypatch):
    """Return a publisher of batches that waits until the node has handled each message."""

    def start(node, publisher, good):
        refused = []
        results = graph.collect(Classification, 'classification')
        note = node._rejected.note

        def noted(error):
            note(error)
            with graph.changed:
                refused.append(error)
                graph.changed.notify_all()

        monkeypatch.setattr(node._rejected, 'note', noted)

        def publish(batch):
            for message, (sec, nanosec) in batch:
                message.header.stamp.sec, message.header.stamp.nanosec = sec, nanosec
                before = len(refused) + len(results)
                graph.publish_until(
                    publisher,
                    message,
                    lambda before=before: len(refused) + len(results) > before,
                    f'an answer to {message}',
                )
            good.header.frame_id = f'good {len(results)}'
            graph.publish_until(
                publisher,
                good,
                lambda: results and results[-1].header.frame_id == good.header.frame_id,
                'an answer to a good image',
            )

        return publish

    return start


def test_node_serves_the_next_good_image_after_any_raw_messages(graph, classifier, handled, image):
    node = classifier(always_on=True)
    publisher = graph.client.create_publisher(Image, 'image', RELIABLE)
    publish = handled(node, publisher, to_messages.image_to_message(image, Header()))

    @EXAMPLES
    @given(st.lists(st.tuples(RAW, STAMPS), min_size=BATCH, max_size=BATCH))
    def run(batch):
        publish(batch)

    run()
    assert node.error is None


def test_node_serves_the_next_good_image_after_any_compressed_messages(
    graph, classifier, handled, image
):
    node = classifier(always_on=True, image_transport='compressed')
    publisher = graph.client.create_publisher(CompressedImage, 'image/compressed', RELIABLE)
    good = CompressedImage(format='jpeg', data=cv2.imencode('.jpg', image)[1].tobytes())
    publish = handled(node, publisher, good)

    @EXAMPLES
    @given(st.lists(st.tuples(COMPRESSED, STAMPS), min_size=BATCH, max_size=BATCH))
    def run(batch):
        publish(batch)

    run()
    assert node.error is None


def test_frames_of_a_camera_in_this_process_come_as_they_are(graph, overrides, photo_folder):
    values = overrides(device=str(photo_folder), photo_seconds=3600.0)
    camera = graph.add(CameraNode(parameter_overrides=values))
    assert camera.start()
    images = CameraInput(camera)
    images.listen(True)
    first, second = images.get(60), images.get(60)
    assert second.stamp_ns > first.stamp_ns
    assert second.image is first.image
    assert second.frame_id == 'camera_optical_frame'
    images.listen(False)
    assert not images.listening


def test_refused_image_is_counted_by_its_reason(graph, classifier):
    seen = graph.diagnostics()
    results = graph.collect(Classification, 'classification')
    classifier()
    publisher = graph.client.create_publisher(Image, 'image', RELIABLE)
    bad = Image(height=2, width=2, step=6, encoding='nonsense', data=bytes(12))
    graph.publish_until(
        publisher,
        bad,
        lambda: int(seen.values('classifier: input').get('refused: encoding', 0)) > 0,
        'a refusal in diagnostics',
    )
    assert not results


def test_image_from_the_past_is_refused_if_max_age_says_so(graph, classifier, send, image):
    seen = graph.diagnostics()
    results = graph.collect(Classification, 'classification')
    classifier(max_age=1.0)
    send(
        image,
        lambda: int(seen.values('classifier: input').get('refused: stamp too old', 0)) > 0,
        'a refusal in diagnostics',
    )
    assert not results
    assert all(result.successful for result in graph.set_parameters('classifier', max_age=0.0))
    send(image, lambda: results, 'a result')


VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(max_size=8, alphabet=st.characters(codec='ascii', exclude_characters='\0')),
)
LIVE = ['top_k', 'score_threshold', 'max_rate', 'num_threads', 'class_id', 'always_on', 'min_rate']


def test_no_values_of_parameters_stop_the_node(graph, classifier, send, image):
    results = graph.collect(Classification, 'classification')
    node = classifier()

    @EXAMPLES
    @given(st.dictionaries(st.sampled_from([*LIVE, 'model', 'jit']), VALUES, min_size=1))
    def run(values):
        before = node.config
        result = graph.set_parameters_atomically('classifier', **values)
        assert result.successful or (result.reason and node.config == before)

    run()
    default = {'top_k': 5, 'score_threshold': 0.0, 'max_rate': 0.0, 'num_threads': 1}
    assert graph.set_parameters_atomically('classifier', **default).successful
    count = len(results)
    send(image, lambda: len(results) > count, 'a result')
    assert node.error is None


def test_companion_follows_the_remapping_of_image(graph, start_remapped):
    start_remapped('image:=/cam/image_raw', image_transport='compressed')
    graph.wait(lambda: graph.client.count_subscribers('/cam/image_raw/compressed'), 'the topic')
    assert not graph.client.count_subscribers('/image/compressed')


def test_base_that_ends_in_compressed_means_compressed_images(graph, start_remapped, image):
    results = graph.collect(Classification, 'classification')
    start_remapped('image:=/cam/image_raw/compressed')
    publisher = graph.client.create_publisher(
        CompressedImage, '/cam/image_raw/compressed', RELIABLE
    )
    good = CompressedImage(format='jpeg', data=JPEG)
    graph.publish_until(publisher, good, lambda: results, 'a result')


def test_publisher_of_another_type_is_told_by_name_and_type(graph, start_remapped):
    seen = graph.diagnostics()
    graph.stranger('esp').create_publisher(CompressedImage, '/cam/jpeg', RELIABLE)
    start_remapped('image:=/cam/jpeg', stall_timeout=0.1)
    words = 'on /cam/jpeg: /esp publishes sensor_msgs/msg/CompressedImage, not sensor_msgs/msg/'
    graph.wait(lambda: words in seen.message('classifier: rate'), 'the sentence')


def test_stall_by_refusals_says_why_the_newest_image_was_refused(graph, classifier):
    seen = graph.diagnostics()
    classifier(always_on=True, stall_timeout=0.5)
    publisher = graph.client.create_publisher(Image, 'image', RELIABLE)
    bad = Image(height=2, width=2, step=6, encoding='nonsense', data=bytes(12))
    words = "all are refused, the newest one: an image of encoding 'nonsense'"
    graph.publish_until(
        publisher, bad, lambda: words in seen.message('classifier: rate'), 'the sentence'
    )


@pytest.fixture
def start_remapped(graph, overrides):
    """Return a starter of a classifier with one remapping that always classifies."""

    def start(rule, **values):
        values = {'weights': 'random', 'always_on': True, **values}
        node = ClassifierNode(
            cli_args=['--ros-args', '-r', rule], parameter_overrides=overrides(**values)
        )
        assert graph.add(node).start()

    return start
