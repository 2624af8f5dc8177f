# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The classifier node: photos over DDS in, classes over DDS out."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

import cv2
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CompressedImage
from std_msgs.msg import Header
from support.ros import LATCHED
from vision_msgs.msg import Classification, LabelInfo, VisionInfo


def test_photo_comes_back_as_the_right_label_with_the_same_header(
    weights, photos, graph, classifier, send
):
    results = graph.collect(Classification, 'classification')
    classifier(weights='default')
    for path, expected in photos.items():
        label = expected[0]['label']
        send(
            cv2.imread(str(path)),
            lambda label=label: any(r.results[0].class_id == label for r in results),
            f'{label} for {path.name}',
            frame_id=path.name,
        )
        found = next(r for r in results if r.results[0].class_id == label)
        assert found.header.frame_id == path.name
        assert found.header.stamp.sec == 1234
        scores = [result.score for result in found.results]
        assert len(scores) == 5
        assert scores == sorted(scores, reverse=True)


def test_latched_topics_reach_a_late_subscriber(graph, classifier):
    classifier()
    labels = graph.collect(LabelInfo, 'label_info', LATCHED)
    infos = graph.collect(VisionInfo, 'vision_info', LATCHED)
    graph.wait(lambda: labels and infos, 'latched messages')
    assert len(labels[0].class_map) == 1000
    assert labels[0].class_map[7].class_name == 'random/007'
    assert infos[0].method == 'mobilenet_v2'
    assert infos[0].database_location == '/classifier/class_labels'


def test_labels_are_the_value_of_the_parameter_that_vision_info_names(graph, classifier):
    node = classifier()
    assert node.get_parameter('class_labels').value[7] == 'random/007'
    (result,) = graph.set_parameters('classifier', class_labels=['mine'])
    assert not result.successful
    assert 'set by the node' in result.reason


def test_node_goes_through_all_lifecycle_states_by_service(graph, classifier):
    classifier(autostart=False)

    def change(transition):
        request = ChangeState.Request(transition=Transition(id=transition))
        assert graph.call(ChangeState, 'classifier/change_state', request).success
        return graph.call(GetState, 'classifier/get_state', GetState.Request()).current_state.id

    for _ in range(2):
        assert change(Transition.TRANSITION_CONFIGURE) == State.PRIMARY_STATE_INACTIVE
        assert change(Transition.TRANSITION_ACTIVATE) == State.PRIMARY_STATE_ACTIVE
        assert change(Transition.TRANSITION_DEACTIVATE) == State.PRIMARY_STATE_INACTIVE
        assert change(Transition.TRANSITION_CLEANUP) == State.PRIMARY_STATE_UNCONFIGURED
    assert change(Transition.TRANSITION_UNCONFIGURED_SHUTDOWN) == State.PRIMARY_STATE_FINALIZED


def test_model_that_cannot_load_leaves_the_node_unconfigured_and_answering(graph, classifier):
    node = classifier(autostart=False, model='alexnet')
    request = ChangeState.Request(transition=Transition(id=Transition.TRANSITION_CONFIGURE))
    assert not graph.call(ChangeState, 'classifier/change_state', request).success
    (result,) = graph.set_parameters('classifier', model='mobilenet_v2')
    assert result.successful
    assert graph.call(ChangeState, 'classifier/change_state', request).success
    assert node.config.model == 'mobilenet_v2'


def test_nothing_is_listened_to_until_somebody_subscribes(graph, classifier, send, image):
    classifier()
    assert graph.client.count_subscribers('image') == 0
    results = graph.collect(Classification, 'classification')
    send(image, lambda: results, 'a result')


def test_always_on_listens_without_a_subscriber(graph, classifier):
    classifier(always_on=True)
    graph.wait(lambda: graph.client.count_subscribers('image') == 1, 'a subscription to image')


def test_live_parameters_change_the_results(graph, classifier, send, image):
    results = graph.collect(Classification, 'classification')
    classifier()
    send(image, lambda: results and len(results[-1].results) == 5, 'five classes')
    assert all(r.successful for r in graph.set_parameters('classifier', top_k=2, num_threads=1))
    send(image, lambda: len(results[-1].results) == 2, 'two classes')
    (result,) = graph.set_parameters('classifier', score_threshold=1.0)
    assert result.successful
    send(image, lambda: len(results[-1].results) == 0, 'no class')


def test_class_id_can_be_the_index_and_changes_live(graph, classifier, send, image):
    results = graph.collect(Classification, 'classification')
    classifier(class_id='index')
    send(image, lambda: results, 'a result')
    assert all(result.class_id.isdigit() for result in results[0].results)
    assert all(r.successful for r in graph.set_parameters('classifier', class_id='name'))
    send(image, lambda: results[-1].results[0].class_id.startswith('random/'), 'a name')


def test_a_word_that_is_set_reads_as_the_choice_that_it_means(graph, classifier):
    node = classifier()
    results = graph.set_parameters('classifier', class_id='INDEX', top_k='2', score_threshold=1)
    assert [result.reason for result in results] == ['', '', '']
    assert (node.config.class_id, node.config.top_k, node.config.score_threshold) == (
        'index',
        2,
        1,
    )
    if hasattr(node, 'add_pre_set_parameters_callback'):  # Humble shows what was written
        names = ('class_id', 'top_k', 'score_threshold')
        assert [node.get_parameter(name).value for name in names] == ['index', 2, 1.0]


def test_of_several_parameters_with_a_bad_one_none_changes(graph, classifier):
    node = classifier()
    before = node.config
    result = graph.set_parameters_atomically('classifier', top_k=3, class_id='index', min_rate=-1)
    assert not result.successful
    assert 'min_rate: -1' in result.reason
    assert node.config == before
    assert node.get_parameter('top_k').value == before.top_k


def test_compressed_images_are_classified(graph, classifier, image):
    results = graph.collect(Classification, 'classification')
    classifier(image_transport='compressed')
    publisher = graph.client.create_publisher(
        CompressedImage, 'image/compressed', qos_profile_sensor_data
    )
    data = cv2.imencode('.jpg', image)[1].tobytes()
    message = CompressedImage(format='jpeg', data=data, header=Header(frame_id='zip'))
    graph.publish_until(publisher, message, lambda: results, 'a result')
    assert results[0].header.frame_id == 'zip'
