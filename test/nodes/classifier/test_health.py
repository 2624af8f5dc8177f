# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the classifier's diagnostics say, and its service ~/enable."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
import numpy as np
from std_srvs.srv import SetBool
from vision_msgs.msg import Classification

from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common.status import ERROR, OK, WARN

BLACK = np.zeros((224, 224, 3), np.uint8)


def test_diagnostics_name_the_model_and_tell_the_rate(graph, classifier, send):
    seen = graph.diagnostics()
    classifier(always_on=True)
    send(BLACK, lambda: float(seen.values('classifier: rate').get('fps', 0)) > 0, 'a rate')
    assert seen.status('classifier: rate').level == OK
    assert seen.status('classifier: model').message == 'mobilenet_v2'
    model = seen.values('classifier: model')
    assert model['runtime'] == 'torchscript'
    assert 'passed' in model['known answer']


def test_rate_below_min_rate_is_a_warning(graph, classifier, send):
    seen = graph.diagnostics()
    classifier(always_on=True, min_rate=1000.0)

    def warned():
        status = seen.status('classifier: rate')
        return status and status.level == WARN

    send(BLACK, warned, 'a warning')
    assert 'min_rate is 1000' in seen.status('classifier: rate').message


def test_silence_is_an_error_that_names_the_topic_and_ends_with_the_next_image(
    graph, classifier, send
):
    seen = graph.diagnostics()
    classifier(always_on=True, stall_timeout=0.1)

    def level():
        status = seen.status('classifier: rate')
        return status and status.level

    graph.wait(lambda: level() == ERROR, 'an error')
    assert 'no image for' in seen.status('classifier: rate').message
    assert 'on /image, which has 0 publishers' in seen.status('classifier: rate').message
    for result in graph.set_parameters('classifier', stall_timeout=60.0):
        assert result.successful
    send(BLACK, lambda: level() == OK, 'recovery')


def test_nobody_who_listens_is_no_error(graph, classifier):
    seen = graph.diagnostics()
    classifier(stall_timeout=0.1)
    graph.wait(
        lambda: 'idle' in getattr(seen.status('classifier: rate'), 'message', ''), 'idleness'
    )
    assert seen.status('classifier: rate').level == OK


def test_model_that_did_not_load_is_an_error_with_the_reason(graph, classifier):
    seen = graph.diagnostics()
    classifier(autostart=False, model='alexnet')
    request = ChangeState.Request(transition=Transition(id=Transition.TRANSITION_CONFIGURE))
    assert not graph.call(ChangeState, 'classifier/change_state', request).success
    graph.wait(
        lambda: getattr(seen.status('classifier: model'), 'level', OK) == ERROR, 'the error'
    )
    assert 'alexnet' in seen.status('classifier: model').message


def test_enable_pauses_and_resumes_inference(graph, classifier, send, image):
    seen = graph.diagnostics()
    results = graph.collect(Classification, 'classification')
    classifier()
    send(image, lambda: results, 'a result')
    answer = graph.call(SetBool, 'classifier/enable', SetBool.Request(data=False))
    assert (answer.success, answer.message) == (True, 'paused')
    graph.wait(lambda: graph.client.count_subscribers('image') == 0, 'the end of listening')
    graph.wait(lambda: seen.message('classifier: rate') == 'paused by ~/enable', 'the reason')
    assert graph.call(SetBool, 'classifier/enable', SetBool.Request(data=True)).success
    count = len(results)
    send(image, lambda: len(results) > count, 'a result after the pause')


def test_asking_for_diagnostics_changes_nothing(graph, classifier, monkeypatch):
    node = classifier()
    monkeypatch.setattr(node, 'follow_demand', lambda: None)
    graph.collect(Classification, 'classification')
    graph.wait(lambda: node._is_wanted(), 'the subscription')
    for _ in range(3):
        rate = node.diagnose()[0]
        assert rate.message == 'idle, nobody subscribes'
    assert graph.client.count_subscribers('image') == 0


def test_statuses_of_a_renamed_node_have_its_name_from_the_first_message_on(graph, overrides):
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    graph.add(
        ClassifierNode(
            cli_args=['--ros-args', '-r', '__node:=eye'],
            parameter_overrides=overrides(autostart=False),
        )
    )
    graph.wait(lambda: arrays, 'diagnostics')
    names = [status.name for status in arrays[0].status]
    assert names == [f'eye: {it}' for it in ('rate', 'latency', 'input', 'model', 'board')]
